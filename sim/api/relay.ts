import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/**
 * A TCP relay before the server. It can do to connections what networks do: go silent
 * (half-open), reset, refuse. TLS and HTTP/2 keep-alives behind it notice nothing.
 */
export class Relay {
  readonly #targetPort: number;
  readonly #server: Server;
  readonly #pairs = new Map<Socket, Socket | undefined>();
  #isSilent = false;
  #port = 0;

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer({ noDelay: true }, (client) => this.#accept(client));
  }

  get port(): number {
    return this.#port;
  }

  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Accepts connections but moves no byte, in either direction, until set back. */
  setSilent(isSilent: boolean): void {
    this.#isSilent = isSilent;
    for (const [client, upstream] of this.#pairs) {
      if (isSilent) {
        client.pause();
        client.unpipe();
        upstream?.pause();
        upstream?.unpipe();
      } else {
        this.#join(client);
      }
    }
  }

  /** Resets every open connection. */
  reset(): void {
    for (const [client, upstream] of this.#pairs) {
      client.resetAndDestroy();
      upstream?.destroy();
    }
  }

  /** Refuses new connections until the next `listen`. Open ones stay. */
  async stopListening(): Promise<void> {
    // close() waits for open connections; only the end of listening matters here.
    this.#server.close();
    await new Promise(setImmediate);
  }

  async close(): Promise<void> {
    this.#isSilent = false;
    this.reset();
    await this.stopListening();
  }

  #accept(client: Socket): void {
    this.#pairs.set(client, undefined);
    client.on('error', () => client.destroy());
    client.on('close', () => {
      this.#pairs.get(client)?.destroy();
      this.#pairs.delete(client);
    });
    if (!this.#isSilent) this.#join(client);
  }

  #join(client: Socket): void {
    let upstream = this.#pairs.get(client);
    if (upstream === undefined) {
      upstream = connect({ port: this.#targetPort, host: '127.0.0.1', noDelay: true });
      upstream.on('error', () => client.destroy());
      upstream.on('close', () => client.destroy());
      this.#pairs.set(client, upstream);
    }
    client.pipe(upstream);
    upstream.pipe(client);
  }
}
