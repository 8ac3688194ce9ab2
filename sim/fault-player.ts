import type { Micros } from '../src/ptp/time.ts';
import type { FaultId } from './nodes/faults.ts';
import { findFault } from './nodes/faults.ts';
import type { SimulatedNode } from './nodes/node.ts';
import type { Script, ScriptStep } from './script.ts';

type OnFault = (what: { node: string; fault: FaultId; active: boolean }) => void;

/** Makes and clears faults, on demand and by script. */
export class FaultPlayer {
  readonly #nodes: ReadonlyMap<string, SimulatedNode>;
  readonly #now: () => Micros;
  readonly #onFault: OnFault | undefined;
  readonly #active = new Map<string, () => void>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(nodes: readonly SimulatedNode[], now: () => Micros, onFault?: OnFault) {
    this.#nodes = new Map(nodes.map((node) => [node.spec.name, node]));
    this.#now = now;
    this.#onFault = onFault;
  }

  /** @throws RangeError for an unknown node or fault. A fault that is already there stays as it is. */
  inject(name: string, id: FaultId): void {
    const node = this.#node(name);
    const fault = findFault(id);
    const key = `${name}/${id}`;
    if (this.#active.has(key)) return;
    // The node first catches up with now, so that the fault happens at its real time.
    node.runUntil(this.#now());
    this.#active.set(key, fault.start(node));
    node.runUntil(this.#now());
    this.#onFault?.({ node: name, fault: id, active: true });
  }

  clear(name: string, id: FaultId): void {
    const node = this.#node(name);
    const key = `${name}/${id}`;
    const clear = this.#active.get(key);
    if (clear === undefined) return;
    this.#active.delete(key);
    node.runUntil(this.#now());
    clear();
    node.runUntil(this.#now());
    this.#onFault?.({ node: name, fault: id, active: false });
  }

  /** Plays the script's faults, again after each cycle if it has one. */
  play(script: Script): void {
    for (const step of script.faults) this.#after(step.at, () => this.#run(step));
    const { cycleSeconds } = script;
    if (cycleSeconds !== undefined && script.faults.length > 0)
      this.#after(cycleSeconds, () => this.play(script));
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #run(step: ScriptStep): void {
    this.inject(step.node, step.fault);
    this.#after(step.for ?? 0, () => this.clear(step.node, step.fault));
  }

  #after(seconds: number, task: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, seconds * 1000);
    this.#timers.add(timer);
  }

  #node(name: string): SimulatedNode {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new RangeError(`no simulated node ${name}`);
    return node;
  }
}
