import type { Condition } from '../api/common.ts';
import type { Finding } from '../assess/finding.ts';
import type { CheckResult } from '../ptp/health.ts';
import type { LockState } from '../ptp/states.ts';
import { formatSeconds, type Micros } from '../ptp/time.ts';
import { clean } from './text.ts';

export interface ConditionInput {
  syncState: LockState;
  freshness: 'Fresh' | 'Stale' | 'Absent';
  compliance: CheckResult;
  findings: readonly Finding[];
  nodeReady: 'True' | 'False' | 'Unknown' | undefined;
  daemonRuns: boolean | undefined;
  nics: readonly { interfaceName: string; findings?: readonly string[] | undefined; role: string }[];
  devicesKnown: boolean;
  settled: boolean;
}

type Draft = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** Ready, DataFresh, Synchronized, Compliant and HardwareMapped; a PTP fault never makes Ready false. */
export function draftConditions(input: ConditionInput): Draft[] {
  return [ready(input), dataFresh(input), synchronized(input), compliant(input), hardwareMapped(input)];
}

function ready({ settled }: ConditionInput): Draft {
  return settled
    ? {
        type: 'Ready',
        status: 'True',
        reason: 'Evaluated',
        message: 'The report was computed from synced inputs.',
      }
    : {
        type: 'Ready',
        status: 'False',
        reason: 'CachesNotSynced',
        message: 'Not every source has answered yet.',
      };
}

function dataFresh({ freshness, nodeReady, daemonRuns }: ConditionInput): Draft {
  const type = 'DataFresh';
  if (nodeReady === 'Unknown')
    return { type, status: 'False', reason: 'NodeUnreachable', message: 'The node is not reachable.' };
  if (daemonRuns === false)
    return {
      type,
      status: 'False',
      reason: 'DaemonNotRunning',
      message: 'The PTP daemon does not run on this node.',
    };
  switch (freshness) {
    case 'Fresh':
      return { type, status: 'True', reason: 'AllSourcesFresh', message: 'All needed sources are fresh.' };
    case 'Stale':
      return { type, status: 'False', reason: 'SourceStale', message: 'A needed source is stale.' };
    case 'Absent':
      return { type, status: 'Unknown', reason: 'SourceStale', message: 'No source has spoken yet.' };
  }
}

function synchronized({ syncState, findings }: ConditionInput): Draft {
  const type = 'Synchronized';
  if (findings.some((one) => one.observed === 'TelemetryDisagreement')) {
    return { type, status: 'False', reason: 'SourcesDisagree', message: 'Log and metrics disagree.' };
  }
  switch (syncState) {
    case 'Locked':
      return findings.some((one) => one.dimension === 'LocalError' && one.result === 'Fail')
        ? { type, status: 'False', reason: 'OffsetExceeded', message: 'An offset is beyond its limit.' }
        : { type, status: 'True', reason: 'Locked', message: 'The clocks are locked within their limits.' };
    case 'Holdover':
      return { type, status: 'False', reason: 'Holdover', message: 'The node is in holdover.' };
    case 'FreeRun':
      return { type, status: 'False', reason: 'FreeRun', message: 'The node does not follow any reference.' };
    case 'Acquiring':
      return { type, status: 'Unknown', reason: 'NoData', message: 'The node is acquiring its reference.' };
    case 'Unknown':
      return { type, status: 'Unknown', reason: 'NoData', message: 'The state of the clocks is not known.' };
  }
}

function compliant({ compliance }: ConditionInput): Draft {
  const type = 'Compliant';
  switch (compliance) {
    case 'Pass':
      return { type, status: 'True', reason: 'AllChecksPassed', message: 'All checks that apply passed.' };
    case 'Fail':
    case 'Warn':
      return { type, status: 'False', reason: 'ChecksFailed', message: 'At least one check did not pass.' };
    case 'Skip':
      return { type, status: 'Unknown', reason: 'NoProfile', message: 'No rule set applies to this node.' };
    case 'Error':
    case 'Unknown':
      return {
        type,
        status: 'Unknown',
        reason: 'ChecksIncomplete',
        message: 'The checks could not be made.',
      };
  }
}

function hardwareMapped({ nics, devicesKnown }: ConditionInput): Draft {
  const type = 'HardwareMapped';
  if (!devicesKnown) {
    return {
      type,
      status: 'Unknown',
      reason: 'DeviceReportMissing',
      message: 'The platform has not described the hardware.',
    };
  }
  const missing = nics.find((nic) => nic.role !== 'Unused' && (nic.findings?.length ?? 0) > 0);
  return missing === undefined
    ? { type, status: 'True', reason: 'AllPortsMapped', message: 'Every configured port has known hardware.' }
    : {
        type,
        status: 'False',
        reason: 'HardwareUnsuitable',
        message: clean(`${missing.interfaceName}: ${missing.findings?.[0] ?? ''}`, 1024),
      };
}

/** Gives conditions the time of their last change of status. */
export class ConditionTimes {
  readonly #known = new Map<string, { status: string; sinceMicros: Micros }>();

  stamp(drafts: readonly Draft[], now: Micros): Condition[] {
    return drafts.map((draft) => {
      const known = this.#known.get(draft.type);
      const sinceMicros = known?.status === draft.status ? known.sinceMicros : now;
      this.#known.set(draft.type, { status: draft.status, sinceMicros });
      return { ...draft, lastTransitionTime: formatSeconds(sinceMicros) };
    });
  }

  restore(type: string, status: string, sinceMicros: Micros): void {
    this.#known.set(type, { status, sinceMicros });
  }
}
