/** What the directory asks of a node. */
export interface ClockOwner {
  clockIdentities(): Iterable<string>;
}

/**
 * Which node owns a clock identity. Asked for every node every second, and changed once in a node's
 * life: made anew only after `forget`.
 */
export class ClockDirectory {
  readonly #nodes: ReadonlyMap<string, ClockOwner>;
  #owners: ReadonlyMap<string, string> | undefined;

  constructor(nodes: ReadonlyMap<string, ClockOwner>) {
    this.#nodes = nodes;
  }

  /** Identity → name of the node. Two nodes with one identity are a fault elsewhere; the later one shows. */
  get owners(): ReadonlyMap<string, string> {
    if (this.#owners === undefined) {
      const owners = new Map<string, string>();
      for (const [name, node] of this.#nodes)
        for (const identity of node.clockIdentities()) owners.set(identity, name);
      this.#owners = owners;
    }
    return this.#owners;
  }

  /** Some node may own another clock now. */
  forget(): void {
    this.#owners = undefined;
  }
}
