/** One request as an audit log would have it: enough to derive the RBAC a client needs. */
export interface RecordedCall {
  readonly user: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  /** Set for non-resource paths, where the resource fields are empty. */
  readonly path: string;
  /** 200 for any success, else the HTTP status; 0 while the request runs. */
  code: number;
}

/** The newest calls, and every distinct kind of call ever made. */
export class CallLog {
  readonly #newest: RecordedCall[] = [];
  readonly #limit: number;
  readonly #distinct = new Map<string, RecordedCall>();
  #total = 0;

  constructor(limit = 20_000) {
    this.#limit = limit;
  }

  get total(): number {
    return this.#total;
  }

  add(call: RecordedCall): void {
    this.#total += 1;
    this.#newest.push(call);
    if (this.#newest.length > this.#limit * 2) this.#newest.splice(0, this.#limit);
    const key = [call.user, call.verb, call.group, call.resource, call.subresource, call.path].join(' ');
    // Distinct calls are few, but paths come from clients: keep a bound.
    if (this.#distinct.has(key) || this.#distinct.size < 10_000) this.#distinct.set(key, call);
  }

  calls(): readonly RecordedCall[] {
    return this.#newest;
  }

  /** One entry per user, verb, resource and subresource. */
  distinct(): RecordedCall[] {
    return [...this.#distinct.values()];
  }

  clear(): void {
    this.#newest.length = 0;
    this.#distinct.clear();
  }
}
