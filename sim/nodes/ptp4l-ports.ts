import type { PortEvent, PortState } from '../../src/ptp/port-state.ts';
import { BestMaster } from './best-master.ts';
import type { NodeContext } from './node-context.ts';
import type { Level } from './node-output.ts';
import { LEVEL } from './node-output.ts';
import type { Instance } from './node-spec.ts';
import type { PortModel, Transition } from './ptp4l-port.ts';
import { createPort, ROLE_OF_STATE } from './ptp4l-port.ts';

/** Three Announce intervals of 2^-3 s. */
const ANNOUNCE_TIMEOUT_MILLIS = 375;
/** fault_reset_interval 2. */
const FAULT_RESET_MILLIS = 4_000;

/** What the ports need of the process they belong to. */
export interface PortOwner {
  readonly isRunning: boolean;
  print(level: Level, text: string): void;
  /** Runs the task later, unless the process has ended or started anew by then. */
  later(millis: number, task: () => void): void;
}

/** The ports of one ptp4l: their states, what moves them, and what is printed about it. */
export class Ptp4lPorts {
  readonly all: readonly PortModel[];
  readonly #context: NodeContext;
  readonly #instance: Instance;
  readonly #owner: PortOwner;
  readonly #best: BestMaster;
  readonly #listeners: ((transition: Transition) => void)[] = [];
  /** The grandmaster announces in the domain this instance listens to. */
  hearsGrandmaster = true;
  grandmaster: string;

  constructor(context: NodeContext, instance: Instance, owner: PortOwner) {
    this.#context = context;
    this.#instance = instance;
    this.#owner = owner;
    this.grandmaster = context.spec.grandmaster;
    this.#best = new BestMaster(context.clockIdentity, (text) => this.#print(LEVEL.notice, text));
    const names = [...instance.receivers, ...instance.transmitters];
    this.all = names.map((name, index) => createPort(index + 1, name, index < instance.receivers.length));
  }

  /** The port that follows, if one does. */
  get active(): PortModel | undefined {
    return this.all.find((port) => port.state === 'SLAVE' || port.state === 'UNCALIBRATED');
  }

  onTransition(listener: (transition: Transition) => void): void {
    this.#listeners.push(listener);
  }

  start(): void {
    this.#best.reset();
    this.#later(25, () => {
      for (const port of this.all) {
        port.state = 'INITIALIZING';
        port.knowsMaster = false;
        if (port.isLinkUp) this.change(port, 'LISTENING', 'INIT_COMPLETE');
        else this.change(port, 'FAULTY', 'FAULT_DETECTED', ' (FT_UNSPECIFIED)');
      }
      for (const path of [`/var/run/ptp4l.${this.#instance.index}.socket`, '/var/run/ptp4lro']) {
        this.#print(LEVEL.notice, `port 0 (${path}): INITIALIZING to LISTENING on INIT_COMPLETE`);
      }
      for (const port of this.all) this.#decide(port);
    });
  }

  stop(): void {
    for (const port of this.all) port.state = 'INITIALIZING';
  }

  setLink(name: string, isUp: boolean): void {
    const port = this.all.find((candidate) => candidate.name === name);
    if (port === undefined || port.isLinkUp === isUp) return;
    port.isLinkUp = isUp;
    if (!this.#owner.isRunning) return;
    if (isUp) this.#linkUp(port);
    else this.#linkDown(port);
  }

  /** The grandmaster appears or goes; `identity` changes which one it is. */
  setGrandmaster(isHeard: boolean, identity: string = this.grandmaster): void {
    const hasChanged = identity !== this.grandmaster;
    this.grandmaster = identity;
    this.hearsGrandmaster = isHeard;
    if (!this.#owner.isRunning) return;
    for (const port of this.all) {
      if (!port.isReceiver) continue;
      if (hasChanged) port.knowsMaster = false;
      if (isHeard && hasChanged && this.active === port) this.#switchMaster(port);
      else if (isHeard) this.#decide(port);
      else if (port.state !== 'LISTENING' && port.state !== 'FAULTY')
        this.#later(ANNOUNCE_TIMEOUT_MILLIS, () => this.#announceTimeout(port));
    }
  }

  /** A send of Delay_Req failed for want of a transmit time stamp. */
  txTimeout(port: PortModel): void {
    this.#print(LEVEL.error, 'timed out while polling for tx timestamp');
    this.#print(
      LEVEL.error,
      'increasing tx_timestamp_timeout or increasing kworker priority may correct this issue, but a driver bug likely causes it',
    );
    this.#port(port, LEVEL.error, 'send delay request failed');
    this.change(port, 'FAULTY', 'FAULT_DETECTED', ' (FT_UNSPECIFIED)');
    port.knowsMaster = false;
    this.#later(FAULT_RESET_MILLIS, () => {
      if (!port.isLinkUp) return;
      this.change(port, 'LISTENING', 'INIT_COMPLETE');
      this.#decide(port);
    });
  }

  /** Moves the port, prints it and tells the listeners. */
  change(port: PortModel, to: PortState, event: PortEvent, suffix = ''): void {
    const from = port.state;
    if (from === to) return;
    port.state = to;
    this.#port(port, LEVEL.notice, `${from} to ${to} on ${event}${suffix}`);
    const role = ROLE_OF_STATE[to];
    if (role !== undefined)
      this.#context.metrics.set('interface_role', { iface: port.name, process: 'ptp4l' }, role);
    for (const listener of this.#listeners) listener({ port, from, to, event });
  }

  #linkDown(port: PortModel): void {
    const before = port.state;
    const isLocal = port.number % 2 === 1;
    if (isLocal) this.#port(port, LEVEL.error, 'error on fda[0]: Network is down');
    else this.#port(port, LEVEL.notice, 'link down');
    this.change(port, 'FAULTY', 'FAULT_DETECTED', ' (FT_UNSPECIFIED)');
    port.knowsMaster = false;
    this.#later(36, () => {
      if (port.isLinkUp) return;
      if (isLocal) this.#port(port, LEVEL.notice, 'link down');
      if (port.isReceiver && (before === 'SLAVE' || before === 'UNCALIBRATED')) {
        const standby = this.all.find((other) => other.isReceiver && other.state === 'PASSIVE');
        if (standby === undefined) this.#best.selectLocal();
        else this.#acquire(standby);
      }
      this.#printSelfPromotion(port);
    });
  }

  #linkUp(port: PortModel): void {
    this.#printSelfPromotion(port);
    this.#port(port, LEVEL.notice, 'link up');
    this.#later(30, () => {
      this.change(port, 'LISTENING', 'INIT_COMPLETE');
      this.#decide(port);
    });
  }

  /** The odd pair a client-only clock prints whenever its state is decided without a master. */
  #printSelfPromotion(port: PortModel): void {
    if (!this.#best.isLocal) return;
    this.#port(port, LEVEL.notice, 'assuming the grand master role');
    if (this.#instance.transmitters.length > 0) return;
    this.#port(port, LEVEL.warning, 'master state recommended in slave only mode');
    this.#port(port, LEVEL.warning, 'defaultDS.priority1 probably misconfigured');
  }

  /** What a listening port becomes. */
  #decide(port: PortModel): void {
    if (port.state !== 'LISTENING') return;
    if (!port.isReceiver) {
      this.#later(460, () => {
        if (port.state !== 'LISTENING') return;
        this.change(port, 'MASTER', 'ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES');
        if (this.#instance.receivers.length > 0) return;
        this.#best.selectLocal();
        this.#port(port, LEVEL.notice, 'assuming the grand master role');
      });
      return;
    }
    if (!this.#hears(port)) {
      this.#later(ANNOUNCE_TIMEOUT_MILLIS, () => {
        if (port.state === 'LISTENING' && !this.#hears(port)) this.#best.selectLocal();
      });
      return;
    }
    this.#later(100, () => {
      if (!port.knowsMaster && this.#hears(port))
        this.#port(port, LEVEL.notice, `new foreign master ${this.grandmaster}-1`);
      port.knowsMaster = true;
    });
    this.#later(350, () => {
      if (port.state !== 'LISTENING' || !this.#hears(port)) return;
      if (this.active === undefined) this.#acquire(port);
      else this.change(port, 'PASSIVE', 'RS_PASSIVE');
    });
  }

  #acquire(port: PortModel): void {
    this.#best.select(this.grandmaster);
    this.change(port, 'UNCALIBRATED', 'RS_SLAVE');
  }

  #switchMaster(port: PortModel): void {
    this.#later(100, () => {
      this.#port(port, LEVEL.notice, `new foreign master ${this.grandmaster}-1`);
      port.knowsMaster = true;
    });
    this.#later(350, () => {
      if (port.state !== 'SLAVE') return;
      this.#best.select(this.grandmaster);
      this.change(port, 'UNCALIBRATED', 'RS_SLAVE');
    });
  }

  #announceTimeout(port: PortModel): void {
    if (this.#hears(port) || port.state === 'FAULTY' || port.state === 'LISTENING') return;
    this.change(port, 'LISTENING', 'ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES');
    this.#best.selectLocal();
    if (this.#instance.transmitters.length === 0) return;
    for (const each of this.all) this.#port(each, LEVEL.notice, 'assuming the grand master role');
  }

  #hears(port: PortModel): boolean {
    return port.isLinkUp && port.hearsAnnounce && this.hearsGrandmaster;
  }

  #port(port: PortModel, level: Level, text: string): void {
    this.#print(level, `port ${port.number} (${port.name}): ${text}`);
  }

  #print(level: Level, text: string): void {
    this.#owner.print(level, text);
  }

  #later(millis: number, task: () => void): void {
    this.#owner.later(millis, task);
  }
}
