import { BUILT_IN_TYPES } from './built-in-types.ts';
import { CRD_STORAGE, typesOfCrd } from './crd.ts';
import type { ResourceType } from './resource-type.ts';
import type { ObjectStore } from './store.ts';

/** Which resources are served now: the built-in ones and those of the stored CRDs. */
export class ResourceRegistry {
  readonly #custom = new Map<string, readonly ResourceType[]>();

  constructor(store: ObjectStore) {
    store.observe((storage, change) => {
      if (storage !== CRD_STORAGE) return;
      if (change.type === 'DELETED') this.#custom.delete(change.object.metadata.name);
      else this.#custom.set(change.object.metadata.name, typesOfCrd(change.object));
    });
  }

  all(): ResourceType[] {
    return [...BUILT_IN_TYPES, ...[...this.#custom.values()].flat()];
  }

  find(group: string, version: string, plural: string): ResourceType | undefined {
    const matches = (type: ResourceType) =>
      type.group === group && type.version === version && type.plural === plural;
    return BUILT_IN_TYPES.find(matches) ?? this.#custom.get(`${plural}.${group}`)?.find(matches);
  }

  /** Group → versions, in the order of registration. */
  groups(): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    for (const { group, version } of this.all()) {
      const versions = groups.get(group) ?? [];
      if (!versions.includes(version)) versions.push(version);
      groups.set(group, versions);
    }
    return groups;
  }
}
