import { API_GROUP, API_VERSION } from '../api/common.ts';
import { REPORT_KIND } from '../api/crd.ts';
import type { EventRecorder } from '../kube/recorder.ts';
import type { FleetSnapshot, NodeReport } from '../report/snapshot.ts';

export interface TransitionPublisherOptions {
  recorder: Pick<EventRecorder, 'record'>;
  /** uid of the report, undefined when it does not exist yet. */
  reportUid: (name: string) => string | undefined;
  mayWrite: () => boolean;
}

/** One Kubernetes Event per transition, on the report: `kubectl describe phr NODE` shows them. */
export class TransitionPublisher {
  readonly #options: TransitionPublisherOptions;
  /** Reports already told of; a report that did not change is the same object in the next snapshot. */
  #told: ReadonlyMap<string, NodeReport> = new Map();

  constructor(options: TransitionPublisherOptions) {
    this.#options = options;
  }

  update(snapshot: FleetSnapshot): void {
    const told = this.#told;
    this.#told = snapshot.nodes;
    if (!this.#options.mayWrite()) return;
    for (const report of snapshot.nodes.values()) {
      if (report.settled && report.transitions.length > 0 && told.get(report.nodeName) !== report)
        this.#tell(report);
    }
  }

  #tell(report: NodeReport): void {
    const { nodeName } = report;
    const regarding = {
      apiVersion: `${API_GROUP}/${API_VERSION}`,
      kind: REPORT_KIND.kind,
      name: nodeName,
      uid: this.#options.reportUid(nodeName),
    };
    for (const { type, reason, subject, message } of report.transitions) {
      const note = subject === '' ? message : `${subject}: ${message}`;
      this.#options.recorder.record({ regarding, type, reason, action: 'Evaluated', note });
    }
  }
}
