import type { ObjectInput } from './api/object-access.ts';
import type { SimulatedNode } from './nodes/node.ts';
import {
  namespaceObject,
  nodeObject,
  nodePtpDeviceObject,
  operatorConfigObject,
  podObject,
  profileConfigMap,
  ptpConfigObjects,
} from './nodes/objects.ts';
import type { ClusterFacts } from './nodes/objects.ts';
import { UPSTREAM_CRDS } from './upstream/crds.ts';

/** Where API objects are kept: the in-process API, or a client of a real one. */
export interface ObjectSink {
  apply(object: ObjectInput): unknown;
  delete(object: ObjectInput): unknown;
}

/** Keeps the API objects of the simulated nodes as the nodes are. */
export class ClusterPublisher {
  readonly #nodes: readonly SimulatedNode[];
  readonly #facts: ClusterFacts;
  readonly #byAddress = new Map<string, SimulatedNode>();
  #ptpConfigs = new Map<string, ObjectInput>();

  constructor(nodes: readonly SimulatedNode[], namespace: string, kubeletPort: number) {
    this.#nodes = nodes;
    const addresses = new Map(nodes.map((node, index) => [node, loopbackAddress(index)]));
    for (const [node, address] of addresses) this.#byAddress.set(address, node);
    this.#facts = {
      namespace,
      kubeletPort,
      addressOf: (node) => addresses.get(node) ?? '127.0.0.1',
      startedAt: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    };
  }

  nodeAt(address: string): SimulatedNode | undefined {
    return this.#byAddress.get(address.replace(/^::ffff:/, ''));
  }

  /** Every object in an order in which it can be created. */
  allObjects(): ObjectInput[] {
    const { namespace } = this.#facts;
    return [
      ...UPSTREAM_CRDS,
      namespaceObject(namespace),
      operatorConfigObject(namespace),
      ...this.#nodes.flatMap((node) => [
        nodeObject(node, this.#facts),
        podObject(node, this.#facts),
        nodePtpDeviceObject(node, namespace),
      ]),
      ...this.#configuration(),
    ];
  }

  /** Creates everything and follows the nodes' changes from then on. */
  publishTo(sink: ObjectSink): void {
    for (const object of this.allObjects()) sink.apply(object);
    this.#ptpConfigs = byName(ptpConfigObjects(this.#nodes, this.#facts.namespace));
    for (const node of this.#nodes) {
      node.onEvent((event) => {
        if (event === 'ContainerRestarted') sink.apply(podObject(node, this.#facts));
        else this.#publishConfiguration(sink);
      });
    }
  }

  #publishConfiguration(sink: ObjectSink): void {
    const { namespace } = this.#facts;
    const wanted = byName(ptpConfigObjects(this.#nodes, namespace));
    for (const object of wanted.values()) sink.apply(object);
    for (const [name, object] of this.#ptpConfigs) if (!wanted.has(name)) sink.delete(object);
    this.#ptpConfigs = wanted;
    sink.apply(profileConfigMap(this.#nodes, namespace));
  }

  #configuration(): ObjectInput[] {
    const { namespace } = this.#facts;
    return [...ptpConfigObjects(this.#nodes, namespace), profileConfigMap(this.#nodes, namespace)];
  }
}

function byName(objects: readonly ObjectInput[]): Map<string, ObjectInput> {
  return new Map(objects.map((object) => [object.metadata.name, object]));
}

/** 127.16.0.1 onward: a loopback address of its own for each node. */
function loopbackAddress(index: number): string {
  const host = index + 1;
  return `127.${16 + (host >> 16)}.${(host >> 8) & 0xff}.${host & 0xff}`;
}
