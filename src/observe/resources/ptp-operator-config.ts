import type { KubeObject } from '../../kube/objects.ts';
import { fieldsOf } from './loose.ts';

/** What we need of the PtpOperatorConfig named `default`: events move the metrics from the daemon to its sidecar. */
export interface PtpOperatorSettings {
  eventsEnabled: boolean;
}

export function projectPtpOperatorConfig(raw: KubeObject): PtpOperatorSettings {
  const events = fieldsOf(fieldsOf(raw['spec'])['ptpEventConfig']);
  return { eventsEnabled: events['enableEventPublisher'] === true };
}
