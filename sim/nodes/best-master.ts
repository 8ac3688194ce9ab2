const LOCAL = 'local';

/** Which clock an instance has chosen; prints the choice only when it changes, as ptp4l does. */
export class BestMaster {
  readonly #ownIdentity: string;
  readonly #print: (text: string) => void;
  #chosen: string | undefined;

  constructor(ownIdentity: string, print: (text: string) => void) {
    this.#ownIdentity = ownIdentity;
    this.#print = print;
  }

  get isLocal(): boolean {
    return this.#chosen === LOCAL;
  }

  reset(): void {
    this.#chosen = undefined;
  }

  select(identity: string): void {
    if (this.#chosen === identity) return;
    this.#chosen = identity;
    this.#print(`selected best master clock ${identity}`);
  }

  selectLocal(): void {
    if (this.isLocal) return;
    this.#chosen = LOCAL;
    this.#print(`selected local clock ${this.#ownIdentity} as best master`);
  }
}
