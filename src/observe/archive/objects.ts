import { load } from 'js-yaml';
import {
  appliedProfiles,
  projectAppliedConfig,
  type AppliedConfig,
  type AppliedProfiles,
} from '../resources/applied-config.ts';
import { fieldsOf, isFields, itemsOf, textOf } from '../resources/loose.ts';
import { projectNodePtpDevice, type NodeDevices } from '../resources/node-ptp-device.ts';
import { projectNode, type ClusterNode } from '../resources/node.ts';
import { projectPod, type DaemonPod } from '../resources/pod.ts';
import { projectPtpConfig, type PtpConfig } from '../resources/ptp-config.ts';
import { APPLIED_CONFIG_MAP, DAEMON_CONTAINER } from '../resources/upstream.ts';
import type { ObjectContent } from './layout.ts';

type RawObject = Parameters<typeof projectPod>[0];

/** The Kubernetes objects of a must-gather that are about PTP. */
export class ClusterObjects {
  /** By `namespace/name`. */
  readonly pods = new Map<string, DaemonPod>();
  readonly ptpConfigs = new Map<string, PtpConfig>();
  readonly nodes = new Map<string, ClusterNode>();
  readonly devices = new Map<string, NodeDevices>();
  #applied: AppliedConfig | undefined;

  /** Reads one file: an object or a list of them. Gives the reason when it is not YAML. */
  add(content: ObjectContent, text: string): string | undefined {
    try {
      for (const raw of objectsOf(load(text))) this.#take(content, raw);
      return undefined;
    } catch (error) {
      return error instanceof Error ? `not readable: ${error.message.split('\n')[0] ?? ''}` : 'not readable';
    }
  }

  /** The profiles that `ptp-configmap` gives a node; undefined when it says nothing about it. */
  appliedTo(nodeName: string): AppliedProfiles | undefined {
    return this.#applied === undefined ? undefined : appliedProfiles(this.#applied, nodeName);
  }

  /** The node of a daemon pod, by `namespace/name`. */
  nodeOfPod(key: string): string | undefined {
    return this.pods.get(key)?.nodeName;
  }

  #take(content: ObjectContent, raw: RawObject): void {
    switch (content) {
      case 'Pods':
        if (runsDaemon(raw)) {
          const pod = projectPod(raw);
          this.pods.set(`${pod.namespace}/${pod.name}`, pod);
        }
        return;
      case 'ConfigMaps':
        if (raw.metadata.name === APPLIED_CONFIG_MAP) this.#applied = projectAppliedConfig(raw);
        return;
      case 'PtpConfigs':
        this.ptpConfigs.set(raw.metadata.name, projectPtpConfig(raw));
        return;
      case 'NodePtpDevices':
        this.devices.set(raw.metadata.name, projectNodePtpDevice(raw));
        return;
      case 'Nodes':
        this.nodes.set(raw.metadata.name, projectNode(raw));
        return;
    }
  }
}

function objectsOf(document: unknown): RawObject[] {
  const fields = fieldsOf(document);
  const candidates = Array.isArray(fields['items']) ? itemsOf(fields['items']) : [document];
  return candidates.filter(isObject);
}

function isObject(value: unknown): value is RawObject {
  return isFields(value) && textOf(fieldsOf(value['metadata'])['name']) !== undefined;
}

function runsDaemon(pod: RawObject): boolean {
  return itemsOf(fieldsOf(pod['spec'])['containers']).some(
    (item) => fieldsOf(item)['name'] === DAEMON_CONTAINER,
  );
}
