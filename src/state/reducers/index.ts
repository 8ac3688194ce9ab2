import type { Observation } from '../../observe/observation.ts';
import type { NodeState } from '../node-state.ts';
import * as clocks from './clocks.ts';
import * as platform from './platform.ts';
import * as ports from './ports.ts';
import * as processes from './processes.ts';
import * as status from './status.ts';
import * as upstream from './upstream.ts';
import type { Reducer, ReducerTable } from './reducer.ts';

/** Which reducer folds which kind of fact. */
const REDUCERS: ReducerTable = { ...clocks, ...platform, ...ports, ...processes, ...status, ...upstream };

/** A jump back further than this is a stepped clock, not lines out of order. */
const STEP_BACK_MICROS = 1_000_000;

/**
 * Folds one fact into the node's state. Facts should arrive in the order of their times; small
 * disorder is kept as it is, a larger jump back begins a new epoch of time.
 */
export function fold(state: NodeState, observation: Observation): void {
  const { atMicros } = observation;
  // A node restored from its checkpoint has no time of its own yet.
  if (state.firstMicros === 0) state.firstMicros = atMicros;
  if (atMicros > state.nowMicros) state.nowMicros = atMicros;
  else if (state.nowMicros - atMicros > STEP_BACK_MICROS && observation.source === 'Log') {
    state.clockSteps += 1;
    state.nowMicros = atMicros;
  }
  if ('program' in observation && observation.source !== 'Metric') {
    state.lastLogMicros = atMicros;
    if (observation.kind !== 'configFile') state.programSeenMicros.set(observation.program, atMicros);
  }
  const reduce = REDUCERS[observation.kind] as Reducer<Observation['kind']>;
  reduce(state, observation);
}
