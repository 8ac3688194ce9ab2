import type { Observation, ObservationKind } from '../../observe/observation.ts';
import type { NodeState } from '../node-state.ts';

/** Folds one fact into the state. Never throws; decides nothing. */
export type Reducer<Kind extends ObservationKind> = (
  state: NodeState,
  observation: Extract<Observation, { kind: Kind }>,
) => void;

/** One reducer for every kind of fact: a new kind without one does not compile. */
export type ReducerTable = { readonly [Kind in ObservationKind]: Reducer<Kind> };
