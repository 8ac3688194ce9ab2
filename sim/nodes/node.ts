import type { Micros } from '../../src/ptp/time.ts';
import { Agenda } from './agenda.ts';
import { ContainerLog } from './container-log.ts';
import type { Applied } from './daemon.ts';
import { DaemonVoice } from './daemon.ts';
import type { NodeContext } from './node-context.ts';
import { NodeOutput } from './node-output.ts';
import type { NodeSpec } from './node-spec.ts';
import { instancesOf, portsOf } from './node-spec.ts';
import { Phc2sys } from './phc2sys.ts';
import { PlatformMetrics } from './platform-metrics.ts';
import type { PtpProfile } from './profile.ts';
import { profileOf } from './profile.ts';
import { Ptp4l } from './ptp4l.ts';
import { createRandom, seedOf } from './random.ts';
import { TimingChain } from './timing-chain.ts';
import { Ts2phc } from './ts2phc.ts';

export interface NodeOptions {
  readonly seed: number;
  readonly startMicros: Micros;
  /** Lines per second the node prints at most, all programs together. */
  readonly rateLinesPerSecond: number;
  readonly logBytes: number;
  readonly podName: string;
  /** How long holdover lasts before its specification is left. */
  readonly holdoverSeconds: number;
}

/** A change of a node that shows in the Kubernetes API. */
export type NodeEvent = 'ContainerRestarted' | 'ProfileChanged';

const SUMMARY_RATE_LIMIT = 4;
/** Lines a second of a T-BC at 16 offsets a second of ptp4l and of phc2sys. */
const OTHER_LINES_OF_BOUNDARY_CLOCK = 36;
const PROCESS_RESTART_MILLIS = 1_000;
const APPLY_MILLIS = 400;

/** One worker of the cluster with its linuxptp-daemon pod. Driven by `runUntil`. */
export class SimulatedNode {
  readonly spec: NodeSpec;
  readonly podName: string;
  readonly log: ContainerLog;
  readonly metrics: PlatformMetrics;
  readonly agenda: Agenda;
  readonly ptp4l: readonly Ptp4l[];
  readonly phc2sys: Phc2sys | undefined;
  readonly ts2phc: Ts2phc | undefined;
  readonly chain: TimingChain | undefined;
  readonly #context: NodeContext;
  readonly #voice: DaemonVoice;
  readonly #output: NodeOutput;
  readonly #listeners: ((event: NodeEvent) => void)[] = [];
  #restarts = 0;
  /** The domain the profile says, which may be the wrong one. */
  #domain: number;
  #upstreamClass = 6;

  constructor(spec: NodeSpec, options: NodeOptions) {
    this.spec = spec;
    this.podName = options.podName;
    this.#domain = spec.domain;
    const seed = seedOf(spec.name, options.seed);
    const random = createRandom(seed);
    this.agenda = new Agenda(options.startMicros);
    this.log = new ContainerLog(options.logBytes);
    this.metrics = new PlatformMetrics(spec.name);
    const bootMicros = options.startMicros - Math.round((3_600 + 1e6 * random.next()) * 1e6);
    this.#output = new NodeOutput(this.agenda, this.log, bootMicros);
    this.#context = {
      spec,
      agenda: this.agenda,
      random,
      output: this.#output,
      metrics: this.metrics,
      offsetHertz: offsetHertz(spec, options.rateLinesPerSecond),
      dpllLinesPerSecond: dpllLinesPerSecond(spec, options.rateLinesPerSecond),
      clockIdentity: identityOf(seed),
    };
    this.#voice = new DaemonVoice(this.#context);
    const instances = instancesOf(spec);
    this.ptp4l = instances.map((instance) => new Ptp4l(this.#context, instance));
    const withPhc2sys = this.ptp4l.find(({ instance }) => instance.hasPhc2sys);
    this.phc2sys = withPhc2sys === undefined ? undefined : new Phc2sys(this.#context, withPhc2sys);
    const withTs2phc = instances.find((instance) => instance.hasTs2phc);
    this.ts2phc = withTs2phc === undefined ? undefined : new Ts2phc(this.#context, withTs2phc);
    this.chain = this.#createChain(options.holdoverSeconds);
  }

  get containerRestarts(): number {
    return this.#restarts;
  }

  /** The ptp4l that follows a grandmaster (the only one of a T-GM serves). */
  get follower(): Ptp4l {
    return this.ptp4l.find(({ instance }) => instance.receivers.length > 0) ?? this.ptp4l[0]!;
  }

  get profiles(): readonly PtpProfile[] {
    return this.#applied().map(({ profile }) => profile);
  }

  get clockIdentity(): string {
    return this.#context.clockIdentity;
  }

  onEvent(listener: (event: NodeEvent) => void): void {
    this.#listeners.push(listener);
  }

  /** Starts the container: daemon first, then the programs. */
  start(): void {
    this.#voice.printStart(this.podName);
    this.agenda.after(APPLY_MILLIS, () => this.#apply());
  }

  /** Runs the node up to this time and writes what it printed to its log. */
  runUntil(micros: Micros): void {
    this.agenda.runUntil(micros);
    this.#output.flush();
  }

  /** The container ends and starts again; the PHC runs on. */
  restartContainer(): void {
    this.#output.flush();
    this.#stopAll();
    this.metrics.clear();
    this.log.restart();
    this.#restarts += 1;
    this.start();
    this.#notify('ContainerRestarted');
  }

  /** A process is killed; the daemon starts it again a second later. */
  killProcess(program: 'ptp4l' | 'phc2sys'): void {
    const { follower } = this;
    const index = follower.instance.index;
    const process = program === 'ptp4l' ? follower : this.phc2sys;
    if (process === undefined || !process.isRunning) return;
    process.stop();
    if (program === 'ptp4l' && this.spec.clockType === 'T-BC') this.chain?.setReference(false);
    this.#voice.printProcessExit(program, index, 'signal: killed');
    this.agenda.after(PROCESS_RESTART_MILLIS, () => {
      this.#voice.printRecreate(program);
      this.#voice.printProcessStart(program, index, profileOf(this.spec, follower.instance, this.#domain));
      process.start();
    });
  }

  /** The profile gets this domain and the daemon applies it, restarting every process. */
  setDomain(domain: number): void {
    if (domain === this.#domain) return;
    this.#domain = domain;
    this.follower.setDomainMatches(domain === this.spec.domain);
    this.#notify('ProfileChanged');
    this.#output.glog('I', 'daemon.go:648', 'Received configuration update signal via UpdateCh');
    this.#stopAll();
    this.agenda.after(APPLY_MILLIS, () => this.#apply());
  }

  /** The grandmaster's class as pmc shows it: changes without a line of ptp4l. */
  setUpstreamClass(clockClass: number): void {
    this.#upstreamClass = clockClass;
    this.#voice.printParent(this.follower.instance.index, this.#ownClass(), this.#upstream());
  }

  #createChain(holdoverSeconds: number): TimingChain | undefined {
    const { spec } = this;
    if (spec.clockType !== 'T-GM' && spec.clockType !== 'T-BC') return undefined;
    const { follower } = this;
    const chain = new TimingChain(this.#context, {
      kind: spec.clockType,
      index: follower.instance.index,
      interfaceName: portsOf(spec)[0] ?? 'unknown',
      holdoverSeconds,
      relockSeconds: spec.clockType === 'T-GM' ? 3 : 6,
    });
    if (spec.clockType === 'T-BC') {
      follower.onTransition(({ from, to }) => {
        if (to === 'SLAVE') chain.setReference(true);
        else if (from === 'SLAVE') chain.setReference(false);
      });
    }
    return chain;
  }

  #apply(): void {
    const applied = this.#applied();
    this.#voice.printApply(applied);
    // Order of linuxptp-daemon: ts2phc, ptp4l, phc2sys.
    for (const { instance, profile } of applied) {
      if (!instance.hasTs2phc || this.ts2phc === undefined) continue;
      this.#voice.printProcessStart('ts2phc', instance.index, profile);
      this.ts2phc.start();
    }
    for (const process of this.ptp4l) {
      const profile = profileOf(this.spec, process.instance, this.#domain);
      this.#voice.printProcessStart('ptp4l', process.instance.index, profile);
      process.start();
    }
    this.chain?.start();
    if (this.spec.clockType === 'T-GM') this.chain?.setReference(this.ts2phc?.hasNmea ?? false);
    this.agenda.after(1_000, () => this.#startPhc2sys());
    this.#voice.startPolls(
      this.follower.instance.index,
      () => this.#ownClass(),
      () => this.#upstream(),
    );
  }

  #startPhc2sys(): void {
    const process = this.phc2sys;
    if (process === undefined || process.isRunning) return;
    const applied = this.#applied().find(({ instance }) => instance.hasPhc2sys);
    if (applied === undefined) return;
    this.#voice.printProcessStart('phc2sys', applied.instance.index, applied.profile);
    process.start();
  }

  #stopAll(): void {
    this.#voice.stopPolls();
    this.chain?.stop();
    for (const process of [this.phc2sys, ...this.ptp4l, this.ts2phc]) process?.stop();
  }

  #applied(): Applied[] {
    return this.ptp4l.map(({ instance }) => ({
      instance,
      profile: profileOf(this.spec, instance, this.#domain),
    }));
  }

  #ownClass(): number {
    // The daemon reports a client's own class, 255, whatever the grandmaster's is.
    return (
      this.chain?.clockClass ?? (this.follower.instance.transmitters.length > 0 ? this.#upstreamClass : 255)
    );
  }

  #upstream(): { clockClass: number; identity: string; parentPort: string } | undefined {
    const { follower } = this;
    if (follower.activePort === undefined) return undefined;
    const identity = follower.grandmaster;
    return { clockClass: this.#upstreamClass, identity, parentPort: `${identity}-1` };
  }

  #notify(event: NodeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** Both offset printers share the node's rate; a summary needs several samples a second. */
function offsetHertz(spec: NodeSpec, rateLinesPerSecond: number): number {
  const wanted = spec.everyOffset ? rateLinesPerSecond * 0.43 : SUMMARY_RATE_LIMIT;
  return Math.min(16, Math.max(0.1, wanted));
}

/** Only beyond what offsets at 16 a second and the status lines come to. */
function dpllLinesPerSecond(spec: NodeSpec, rateLinesPerSecond: number): number {
  return spec.clockType === 'T-BC' ? Math.max(0, rateLinesPerSecond - OTHER_LINES_OF_BOUNDARY_CLOCK) : 0;
}

function identityOf(seed: number): string {
  const hex = seed.toString(16).padStart(8, '0');
  return `507c6f.fffe.${hex.slice(0, 6)}`;
}
