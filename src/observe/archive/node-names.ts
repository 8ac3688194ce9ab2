import { baseName } from './file-set.ts';
import type { Inventory } from './inventory.ts';
import type { FileRole } from './layout.ts';
import type { ClusterObjects } from './objects.ts';

export interface NodePlace {
  node: string;
  /** The input itself says the name; else it was made from a file or folder name. */
  isNamed: boolean;
}

export interface LogPlace extends NodePlace {
  /** Pieces of one log share it. */
  series: string;
}

/** Tells which node a file of one input belongs to. */
export class NodeNames {
  readonly #inputName: string;
  readonly #fallback: NodePlace;
  readonly #objects: ClusterObjects;
  /** The input has Kubernetes objects or container logs: loose files in it are not logs of nodes. */
  readonly #isCluster: boolean;
  /** Node of each folder of a plain input. */
  readonly #folders: ReadonlyMap<string, NodePlace>;
  /** Host name by root folder of a sosreport. */
  readonly #hosts: ReadonlyMap<string, string>;

  /** `taken`: names that inputs before this one gave to their folders; those of this one are added. */
  constructor(inventory: Inventory, objects: ClusterObjects, streamName: string, taken: Set<string>) {
    const { input } = inventory;
    const roles = [...inventory.logs, ...inventory.texts].map(({ role }) => role);
    this.#inputName = input.form === 'Stream' ? '' : input.files.name;
    this.#fallback = { node: input.nodeName, isNamed: false };
    this.#objects = objects;
    this.#isCluster = roles.some(({ kind }) => kind === 'ContainerLog' || kind === 'Objects');
    this.#folders =
      input.form === 'Stream'
        ? new Map([['', { node: streamName, isNamed: false }]])
        : folderNames(plainFolders(roles), inventory, taken);
    this.#hosts = hostNames(inventory);
  }

  /** Where a log belongs; undefined when it is not one of a node. */
  ofLog(path: string, role: FileRole): LogPlace | undefined {
    switch (role.kind) {
      case 'ContainerLog': {
        const pod = `${role.namespace}/${role.pod}`;
        const node = this.#objects.nodeOfPod(pod) ?? this.#hostOf(path);
        return { node: node ?? role.pod, isNamed: node !== undefined, series: pod };
      }
      case 'HostLog':
        return { ...this.#hostAt(role.root), series: role.series };
      case 'PlainLog':
      case 'MaybeLog':
        if (this.#isCluster) return undefined;
        return {
          ...this.#folder(role.folder),
          series: [this.#inputName, role.folder, role.series].filter(Boolean).join('/'),
        };
      default:
        return undefined;
    }
  }

  /** Where a linuxptp configuration belongs; undefined when the file is none of a node. */
  ofConfig(role: FileRole): NodePlace | undefined {
    if (role.kind === 'HostConfig') return this.#hostAt(role.root);
    return role.kind === 'LinuxptpConfig' && !this.#isCluster ? this.#folder(role.folder) : undefined;
  }

  #folder(folder: string): NodePlace {
    return this.#folders.get(folder) ?? this.#fallback;
  }

  #hostAt(root: string): NodePlace {
    const host = this.#hosts.get(root);
    return host === undefined ? this.#fallback : { node: host, isNamed: true };
  }

  #hostOf(path: string): string | undefined {
    for (const [root, name] of this.#hosts) if (path.startsWith(`${root}var/log/`)) return name;
    return undefined;
  }
}

function plainFolders(roles: readonly FileRole[]): string[] {
  const folders = new Set<string>();
  for (const role of roles) {
    if (role.kind === 'PlainLog' || role.kind === 'MaybeLog' || role.kind === 'LinuxptpConfig')
      folders.add(role.folder);
  }
  return [...folders];
}

/**
 * The node each folder of a plain input stands for: the input's own name for its top, a sub-folder's name
 * for a sub-folder, its whole path where two have the same name.
 */
function folderNames(
  folders: readonly string[],
  { input }: Inventory,
  taken: Set<string>,
): Map<string, NodePlace> {
  const counts = new Map<string, number>();
  for (const folder of folders) counts.set(baseName(folder), (counts.get(baseName(folder)) ?? 0) + 1);
  const names = new Map<string, NodePlace>();
  // The only folder of an archive is how it was packed; more than one are nodes.
  const areNodes = folders.length > 1 || input.form === 'Folder';
  for (const folder of folders) {
    const short =
      folder === '' ? input.nodeName : counts.get(baseName(folder)) === 1 ? baseName(folder) : folder;
    const node = taken.has(short) ? [input.files.name, folder].filter(Boolean).join('/') : short;
    names.set(folder, { node, isNamed: folder !== '' && areNodes });
  }
  for (const { node } of names.values()) taken.add(node);
  return names;
}

/** Host names from the files in which a sosreport keeps them. */
function hostNames(inventory: Inventory): Map<string, string> {
  const names = new Map<string, string>();
  for (const { role, text } of inventory.texts) {
    const name = text.trim();
    if (role.kind === 'HostName' && /^[\w.-]{1,253}$/.test(name)) names.set(role.root, name);
  }
  return names;
}
