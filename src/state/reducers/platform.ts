import { LIMITS, setBounded } from '../node-state.ts';
import type { Reducer } from './reducer.ts';

export const metricSample: Reducer<'metricSample'> = (state, observation) => {
  const labels = observation.labels;
  const key = [
    observation.metric,
    labels['process'] ?? '',
    labels['iface'] ?? '',
    labels['from'] ?? '',
    labels['config'] ?? '',
    labels['profile'] ?? '',
    labels['threshold'] ?? '',
  ].join('|');
  setBounded(state.metrics, key, observation, LIMITS.metricSeries);
};

export const podState: Reducer<'podState'> = (state, observation) => {
  state.pod = observation;
};

export const node: Reducer<'node'> = (state, observation) => {
  state.nodeLife = observation;
};

export const profilesAssigned: Reducer<'profilesAssigned'> = (state, observation) => {
  state.profiles.set(observation.origin, observation);
  state.configRevision += 1;
};

export const configFile: Reducer<'configFile'> = (state, observation) => {
  setBounded(state.configFiles, observation.configName, observation, LIMITS.configTexts);
  state.configRevision += 1;
};

export const configApplied: Reducer<'configApplied'> = (state, observation) => {
  const key = `${observation.profile} ${observation.target ?? ''} ${observation.text === undefined ? 'command' : 'text'}`;
  setBounded(state.configApplied, key, observation, LIMITS.configTexts);
  state.configRevision += 1;
};

export const devices: Reducer<'devices'> = (state, observation) => {
  state.devices = observation;
};

export const sourceCondition: Reducer<'sourceCondition'> = (state, observation) => {
  const known = state.sources.get(observation.name);
  state.sources.set(observation.name, {
    condition: observation.condition,
    reason: observation.reason,
    message: observation.message,
    ...(observation.condition === 'Fresh'
      ? { seenMicros: observation.atMicros }
      : known?.seenMicros !== undefined && { seenMicros: known.seenMicros }),
  });
};

export const logGap: Reducer<'logGap'> = (state, observation) => {
  state.gaps.push({
    fromMicros: observation.atMicros,
    untilMicros: observation.untilMicros,
    reason: observation.reason,
  });
};

/** NTP takes part only where the fallback is configured; detectors look at the line itself. */
export const chrony: Reducer<'chrony'> = () => undefined;
