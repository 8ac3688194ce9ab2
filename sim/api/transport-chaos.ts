import { setTimeout as sleep } from 'node:timers/promises';
import type { Listener } from './listener.ts';
import type { Relay } from './relay.ts';

/** Disturbances of the connections themselves. */
export class Transport {
  readonly #listener: Listener;
  readonly #relay: Relay | undefined;
  readonly #host: string;

  constructor(listener: Listener, relay: Relay | undefined, host: string) {
    this.#listener = listener;
    this.#relay = relay;
    this.#host = host;
  }

  get connections(): number {
    return this.#listener.connections;
  }

  /** GOAWAY(NO_ERROR) on every HTTP/2 session: running streams go on, new ones need a new session. */
  goAway(): void {
    this.#listener.goAway();
  }

  /** RST on every connection. */
  reset(): void {
    if (this.#relay === undefined) this.#listener.reset();
    else this.#relay.reset();
  }

  /** Half-open: connections stay, new ones are accepted, but nothing is answered any more. */
  silence(isSilent: boolean): void {
    this.#required().setSilent(isSilent);
  }

  /** Drops every connection and refuses new ones for a while. The store is kept. */
  async restart(downMillis: number): Promise<void> {
    const relay = this.#required();
    const { port } = relay;
    await relay.stopListening();
    relay.reset();
    await sleep(downMillis);
    await relay.listen(this.#host, port);
  }

  #required(): Relay {
    if (this.#relay === undefined) throw new Error('the server was started with transportChaos: false');
    return this.#relay;
  }
}
