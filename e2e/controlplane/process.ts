import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program of the test set-up that runs until it is stopped. Its output goes to a file. */
export interface RunningProgram {
  readonly name: string;
  readonly pid: number;
  readonly logPath: string;
  /** Resolves with the exit code, or with the signal's name, once the program has ended. */
  readonly exited: Promise<number | string>;
  hasExited(): boolean;
  kill(signal: NodeJS.Signals): void;
  /** Asks it to end; kills it when it has not ended in time. */
  stop(deadlineMillis?: number): Promise<void>;
  /** The end of its output, for an error message. */
  logTail(lines?: number): string;
}

export interface ProgramOptions {
  name: string;
  file: string;
  args: readonly string[];
  logPath: string;
  environment?: Readonly<Record<string, string>>;
}

export function startProgram(options: ProgramOptions): RunningProgram {
  const log = openSync(options.logPath, 'a');
  const child = spawn(options.file, options.args, {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...options.environment },
  });
  closeSync(log);
  const exited = exitOf(child);
  let ended = false;
  // A test run that dies must not leave servers behind.
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  void exited.then(() => {
    ended = true;
    process.off('exit', killWithUs);
  });

  return {
    name: options.name,
    pid: child.pid ?? -1,
    logPath: options.logPath,
    exited,
    hasExited: () => ended,
    kill: (signal) => void child.kill(signal),
    async stop(deadlineMillis = 10_000) {
      child.kill('SIGTERM');
      const deadline = new AbortController();
      const inTime = await Promise.race([
        exited.then(() => true),
        sleep(deadlineMillis, false, { signal: deadline.signal }).catch(() => false),
      ]);
      deadline.abort();
      if (!inTime) child.kill('SIGKILL');
      await exited;
    },
    logTail: (lines = 20) =>
      readFileSync(options.logPath, 'utf8').trimEnd().split('\n').slice(-lines).join('\n'),
  };
}

function exitOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('exit', (code, signal) => {
      resolve(code ?? signal ?? 'unknown');
    });
  });
}

/** Calls `check` until it gives true; fails with what the program printed when it ends or time is up. */
export async function waitUntilReady(
  program: RunningProgram,
  check: () => Promise<boolean>,
  deadlineMillis = 60_000,
): Promise<void> {
  const deadline = performance.now() + deadlineMillis;
  while (!(await check())) {
    if (program.hasExited()) {
      throw new Error(`${program.name} ended at start (${await program.exited}):\n${program.logTail()}`);
    }
    if (performance.now() > deadline) {
      throw new Error(`${program.name} is not ready after ${deadlineMillis} ms:\n${program.logTail()}`);
    }
    await sleep(50);
  }
}
