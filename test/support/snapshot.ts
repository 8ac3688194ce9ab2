import { episodeSchema, type EpisodeReport } from '../../src/api/common.ts';
import type { PtpFleetReportStatus } from '../../src/api/fleet.ts';
import type { PtpHealthReportStatus } from '../../src/api/report.ts';
import type { HealthVerdict } from '../../src/ptp/health.ts';
import type { EpisodeDetail, FleetSnapshot, NodeReport } from '../../src/report/snapshot.ts';

/** A T-BC with twelve ports, fifteen checks and a day of faults: what a busy node looks like. */

export const TIME = '2026-11-22T10:00:00Z';
export const TIME_MICROS = Date.parse(TIME) * 1000;

export function episode(index: number, changes: Partial<EpisodeDetail> = {}): EpisodeDetail {
  return {
    startMicros: Date.parse(changes.startTime ?? TIME) * 1_000,
    speaksFor: ['link down'],
    speaksAgainst: [],
    evidenceCount: 6,
    id: `LinkDown-ens1f0-${index}`,
    kind: 'LinkDown',
    severity: 'Moderate',
    subject: 'ens1f0',
    instance: 'bc-profile',
    startTime: TIME,
    endTime: TIME,
    outageSeconds: 12,
    cause: 'The link of ens1f0 went down',
    causeConfidence: 'High',
    evidence: [
      'ptp4l[1306977.262]: [ptp4l.1.config:5] port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)',
      'ptp4l[1306977.263]: [ptp4l.1.config:5] port 1 (ens1f0): link down',
    ],
    remedy: 'Check the cable, the optics and the port of the switch.',
    ...changes,
  };
}

/** What the status shows of an episode. */
function reported(detail: EpisodeDetail): EpisodeReport {
  return episodeSchema.strip().parse(detail);
}

export function typicalStatus(nodeName: string, health: HealthVerdict = 'Moderate'): PtpHealthReportStatus {
  return {
    observedGeneration: 1,
    nodeName,
    health,
    message: `ens1f0 of ${nodeName} lost its link 3 times in the last hour`,
    because: [
      {
        rule: 'stability.fault-count',
        severity: health,
        subject: 'ens1f0',
        message: 'The port had 12 fault episodes in 24 hours; fewer than 10 are allowed.',
        observed: '12 episodes',
        limit: '< 10 episodes in 86400 s',
        source: 'Log',
        observedTime: TIME,
        remedy: 'Check the cable, the optics and the port of the switch.',
      },
    ],
    lastEvaluationTime: TIME,
    summary: {
      role: 'T-BC',
      syncState: 'Locked',
      worstOffsetNanoseconds: 14,
      activeFaults: 1,
      faultsLastHour: 3,
      faultsLastDay: 12,
      compliance: 'Fail',
      freshness: 'Fresh',
      profile: 'bc-profile',
      grandmasterIdentity: '507c6f.fffe.1fb16c',
      clockClass: 6,
    },
    clocks: ['ens1f0', 'CLOCK_REALTIME'].map((name, index) => ({
      name,
      type: index === 0 ? 'PHC' : 'System',
      instance: 'bc-profile',
      state: 'Locked',
      stateSinceTime: TIME,
      health: 'Healthy',
      servoState: 'Locked',
      offset: {
        lastNanoseconds: 4,
        rmsNanoseconds: 5,
        maxAbsNanoseconds: 14,
        p99Nanoseconds: 13,
        windowSeconds: 60,
        sampleCount: 960,
        source: 'Log',
      },
      frequencyAdjustmentPpb: -16_642,
      pathDelayNanoseconds: 1_089,
    })),
    totalClocks: 2,
    instances: [
      {
        name: 'bc-profile',
        configName: 'ptp4l.0.config',
        resourceName: 'boundary',
        clockType: 'TBC',
        ituProfile: 'G.8275.1',
        domainNumber: 24,
        grandmasterIdentity: '507c6f.fffe.1fb16c',
        parentPortIdentity: '507c6f.fffe.1fb16c-4',
        clockClass: 6,
        clockAccuracy: '0x21',
        stepsRemoved: 1,
        health,
        ports: Array.from({ length: 12 }, (_, index) => ({
          interfaceName: `ens${Math.floor(index / 4) + 1}f${index % 4}`,
          portNumber: index + 1,
          state: index === 0 ? 'SLAVE' : 'MASTER',
          intendedRole: index === 0 ? 'TimeReceiver' : 'TimeTransmitter',
          stateSinceTime: TIME,
          link: 'Up',
          transitionCount: index === 0 ? 6 : 0,
        })),
        totalPorts: 12,
      },
    ],
    totalInstances: 1,
    faults: {
      totalCount: 12,
      countStartTime: TIME,
      lastFaultTime: TIME,
      byKind: [{ kind: 'LinkDown', count: 12 }],
      recent: Array.from({ length: 6 }, (_, index) =>
        reported(episode(index, index === 0 ? { endTime: undefined } : {})),
      ),
      truncatedEpisodes: 6,
    },
    compliance: {
      ruleSet: 'G.8275.1',
      edition: '2022-11',
      result: 'Fail',
      passed: 14,
      failed: 1,
      skipped: 0,
      checks: Array.from({ length: 15 }, (_, index) => ({
        rule: `compliance.option-${index}`,
        result: index === 0 ? 'Fail' : 'Pass',
        subject: 'bc-profile',
        expected: 'logSyncInterval -4',
        found: 'logSyncInterval -3',
        reference: 'G.8275.1 clause 6.2.8',
      })),
      totalChecks: 15,
    },
    hardware: {
      nics: Array.from({ length: 4 }, (_, index) => ({
        interfaceName: `ens1f${index}`,
        driver: 'ice',
        driverVersion: '5.14.0-570.el9.x86_64',
        firmwareVersion: '4.40 0x8001c7d4 1.3534.0',
        pciAddress: `0000:51:00.${index}`,
        model: 'Intel E810-XXVDA4T',
        ptpHardwareClock: '/dev/ptp0',
        hardwareTimestamping: 'Yes',
        link: 'Up',
        profile: 'bc-profile',
        role: index === 0 ? 'TimeReceiver' : 'TimeTransmitter',
      })),
      totalNics: 4,
    },
    sources: (['Logs', 'Metrics', 'Config', 'Devices', 'Events'] as const).map((name) => ({
      name,
      state: 'Fresh',
      observedTime: TIME,
    })),
    conditions: ['Ready', 'DataFresh', 'Synchronized', 'Compliant', 'HardwareMapped'].map((type) => ({
      type,
      status: 'True',
      observedGeneration: 1,
      lastTransitionTime: TIME,
      reason: 'Evaluated',
      message: 'Computed from synced inputs.',
    })),
    checkpoint: 'x'.repeat(1_500),
  };
}

export function nodeReport(nodeName: string, changes: Partial<NodeReport> = {}): NodeReport {
  return {
    nodeName,
    nodeUid: `uid-of-${nodeName}`,
    status: typicalStatus(nodeName),
    hash: 'hash-1',
    verdictHash: 'verdict-1',
    evaluatedMicros: TIME_MICROS,
    findings: [],
    episodes: [episode(0, { endTime: undefined }), episode(1)],
    transitions: [],
    counters: {
      episodesTotal: { LinkDown: 12 },
      linesTotal: 1_000,
      unrecognisedLinesTotal: 3,
      portTransitionsTotal: 36,
    },
    settled: true,
    ...changes,
  };
}

export function fleetStatus(changes: Partial<PtpFleetReportStatus> = {}): PtpFleetReportStatus {
  return {
    health: 'Moderate',
    message: '1 of 2 nodes is not healthy',
    lastEvaluationTime: TIME,
    totalNodes: 2,
    verdicts: { healthy: 1, minor: 0, moderate: 1, critical: 0, unknown: 0 },
    activeFaults: 1,
    faultsLastHour: 3,
    worstNodes: [{ nodeName: 'worker-1', health: 'Moderate', message: 'ens1f0 lost its link' }],
    truncatedNodes: 0,
    incidents: [],
    clockTreeRoots: [
      { grandmasterIdentity: '507c6f.fffe.1fb16c', domainNumber: 24, clockClass: 6, followers: 2 },
    ],
    conditions: [],
    ...changes,
  };
}

export function fleetSnapshot(
  reports: readonly NodeReport[],
  changes: Partial<FleetSnapshot> = {},
): FleetSnapshot {
  return {
    sequence: 1,
    takenMicros: TIME_MICROS,
    nodes: new Map(reports.map((report) => [report.nodeName, report])),
    fleet: fleetStatus(),
    fleetHash: 'fleet-1',
    fleetVerdictHash: 'fleet-verdict-1',
    ...changes,
  };
}
