import { HEALTH_VERDICTS } from '../../ptp/health.ts';
import { microsToSeconds } from '../../ptp/time.ts';
import { emitStates, ofFleet, type MetricDefinition } from './definition.ts';

/** Metrics of the cluster as a whole. */
export const FLEET_METRICS: readonly MetricDefinition[] = [
  ofFleet({
    name: 'ptp_health_fleet_verdict',
    help: 'Verdict on the fleet: 1 for the one that holds.',
    type: 'gauge',
    labels: ['verdict'],
    collect: (snapshot, emit) => {
      emitStates(emit, HEALTH_VERDICTS, snapshot.fleet.health);
    },
  }),
  ofFleet({
    name: 'ptp_health_fleet_nodes',
    help: 'Nodes by verdict.',
    type: 'gauge',
    labels: ['verdict'],
    collect: ({ fleet }, emit) => {
      emit(fleet.verdicts.healthy, 'Healthy');
      emit(fleet.verdicts.minor, 'Minor');
      emit(fleet.verdicts.moderate, 'Moderate');
      emit(fleet.verdicts.critical, 'Critical');
      emit(fleet.verdicts.unknown, 'Unknown');
    },
  }),
  ofFleet({
    name: 'ptp_health_fleet_active_faults',
    help: 'Fault episodes going on in the fleet.',
    type: 'gauge',
    labels: [],
    collect: (snapshot, emit) => {
      emit(snapshot.fleet.activeFaults);
    },
  }),
  ofFleet({
    name: 'ptp_health_fleet_active_incidents',
    help: 'Common causes that several nodes suffer from.',
    type: 'gauge',
    labels: [],
    collect: (snapshot, emit) => {
      emit(snapshot.fleet.incidents.filter((incident) => incident.endTime === undefined).length);
    },
  }),
  ofFleet({
    name: 'ptp_health_snapshot_timestamp_seconds',
    help: 'When the snapshot behind these metrics was taken.',
    type: 'gauge',
    labels: [],
    collect: (snapshot, emit) => {
      emit(microsToSeconds(snapshot.takenMicros));
    },
  }),
];
