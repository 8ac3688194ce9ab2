import type { InstanceState, NodeState } from '../state/node-state.ts';
import type { ExpectedInstance } from './expected.ts';

/** What is known about an expected instance: by its profile, else by the runtime configuration it has now. */
export function liveInstance(
  state: Readonly<NodeState>,
  expected: ExpectedInstance,
): InstanceState | undefined {
  const known = state.instances.get(expected.name);
  if (known !== undefined) return known;
  for (const instance of state.instances.values()) {
    if (instance.configName === expected.configName) return instance;
  }
  return undefined;
}
