import type { Observation, ObservationKind } from '../../observe/observation.ts';
import type { Micros } from '../../ptp/time.ts';
import { createAbsenceDetector } from './absence.ts';
import type { DetectionContext, Detector } from './detector.ts';
import { createDelayResponseDetector } from './delay-responses.ts';
import { createGrandmasterDetector } from './grandmaster.ts';
import { createOffsetDetector } from './offsets.ts';
import { createPortDetector } from './ports.ts';
import { createProcessDetector } from './processes.ts';
import { createStatusDetector } from './status.ts';
import { createTelemetryDetector } from './telemetry.ts';

/**
 * Every family of episodes the product can find, in the order in which they look at a fact: a
 * lost port explains what its clock does, so ports come before offsets and silence.
 */
const DETECTORS: readonly (() => Detector)[] = [
  createPortDetector,
  createGrandmasterDetector,
  createStatusDetector,
  createProcessDetector,
  createOffsetDetector,
  createDelayResponseDetector,
  createAbsenceDetector,
  createTelemetryDetector,
];

/** The detectors of one node, with their memory. */
export class Detection {
  readonly #listeners = new Map<ObservationKind, Detector[]>();
  #detectors: readonly Detector[] = [];

  constructor() {
    this.restart();
  }

  /** Forgets everything: after a restart of all processes nothing remembered from before holds. */
  restart(): void {
    this.#detectors = DETECTORS.map((create) => create());
    this.#listeners.clear();
    for (const detector of this.#detectors) {
      for (const kind of detector.listens) {
        const listeners = this.#listeners.get(kind);
        if (listeners === undefined) this.#listeners.set(kind, [detector]);
        else listeners.push(detector);
      }
    }
  }

  /** Does any detector look at single facts of this kind? Samples go through the state only. */
  listensTo(kind: ObservationKind): boolean {
    return this.#listeners.has(kind);
  }

  /** Shows the detectors a fact that was folded into the state already. */
  observe(context: DetectionContext, observation: Observation): void {
    for (const detector of this.#listeners.get(observation.kind) ?? [])
      detector.observe?.(context, observation);
  }

  tick(context: DetectionContext, now: Micros): void {
    for (const detector of this.#detectors) detector.tick?.(context, now);
  }
}
