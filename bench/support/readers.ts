/** Starts the readers' process and puts load on it. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { sleep } from './fleet.ts';
import type { ReadersCpu, ReadersPorts } from './readers-process.ts';

export interface Call {
  port: number;
  path: string;
  /** Sent by POST as JSON; without it the call is a GET. */
  body?: string;
}

export interface Load {
  delaysMillis: number[];
  cpuMicrosPerRequest: number;
  bytesPerAnswer: number;
}

export class Readers {
  readonly ports: ReadersPorts;
  readonly #child: ChildProcess;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });

  private constructor(child: ChildProcess, ports: ReadersPorts) {
    this.#child = child;
    this.ports = ports;
  }

  static async start(nodes: number): Promise<Readers> {
    const child = fork(new URL('readers-process.ts', import.meta.url), [String(nodes)], {
      execArgv: ['--no-warnings'],
    });
    const [ports] = (await once(child, 'message')) as [ReadersPorts];
    return new Readers(child, ports);
  }

  /** The calls in turn, at an even rate, whether earlier ones have been answered or not. */
  async load(calls: readonly Call[], perSecond: number, seconds: number): Promise<Load> {
    const startCpu = await this.#cpuMicros();
    const startMillis = performance.now();
    const total = perSecond * seconds;
    const running: Promise<{ delayMillis: number; bytes: number }>[] = [];
    for (let index = 0; index < total; index++) {
      const dueMillis = startMillis + (index * 1_000) / perSecond;
      if (dueMillis > performance.now()) await sleep(dueMillis - performance.now());
      const call = calls[index % calls.length];
      if (call !== undefined) running.push(this.#call(call));
    }
    const answers = await Promise.all(running);
    return {
      delaysMillis: answers.map(({ delayMillis }) => delayMillis),
      cpuMicrosPerRequest: ((await this.#cpuMicros()) - startCpu) / total,
      bytesPerAnswer: answers.reduce((sum, { bytes }) => sum + bytes, 0) / total,
    };
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    this.#child.kill();
    await once(this.#child, 'exit');
  }

  async #cpuMicros(): Promise<number> {
    this.#child.send('cpu');
    const [{ cpuMicros }] = (await once(this.#child, 'message')) as [ReadersCpu];
    return cpuMicros;
  }

  #call({ port, path, body }: Call): Promise<{ delayMillis: number; bytes: number }> {
    const headers = {
      accept: 'application/json, text/event-stream',
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
    };
    const method = body === undefined ? 'GET' : 'POST';
    const startMillis = performance.now();
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port, path, method, headers, agent: this.#agent },
        (response) => {
          let bytes = 0;
          response.on('data', (chunk: Buffer) => (bytes += chunk.length));
          response.on('end', () => {
            if (response.statusCode === 200) resolve({ delayMillis: performance.now() - startMillis, bytes });
            else reject(new Error(`${path}: status ${response.statusCode}`));
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
