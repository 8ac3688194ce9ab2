import type { OptionRow } from '../option-rule.ts';
import { equals, when } from '../judgements.ts';
import { SERVERS, row } from './row.ts';

const SMALLEST_STEP_SECONDS = 0.000_01;

function needsLongTimeout(devices: readonly { driverVersion?: string }[] | undefined): boolean {
  const drivers = (devices ?? []).flatMap(({ driverVersion }) =>
    driverVersion === undefined ? [] : [driverVersion],
  );
  return drivers.length === 0 || drivers.some((driver) => driver.startsWith('ice'));
}

/** How ptp4l behaves on this node: steering, time-outs, corrections. */
export const OPERATION_ROWS: readonly OptionRow[] = [
  row({
    name: 'free-running',
    option: 'free_running',
    level: 'Critical',
    clause: '§6.2',
    expected: '0',
    judge: ({ number, instance, subject }) =>
      when(
        number === 0,
        SERVERS.includes(instance.clockType) || subject.isPartial === true ? 'Warn' : 'Critical',
        'ptp4l never steers the clock',
      ),
    remedy: 'Set free_running 0.',
  }),
  ...['step_threshold', 'first_step_threshold'].map((option) =>
    row({
      name: option.replaceAll('_', '-'),
      option,
      level: 'Warn',
      clause: 'linuxptp',
      confidence: 'Verified',
      expected: '0.00001 s or more',
      judge: ({ number }) => {
        if (number === 0) return { level: 'Info', because: 'a large offset is then never stepped away' };
        return when(
          number !== undefined && number >= SMALLEST_STEP_SECONDS,
          'Warn',
          'the clock steps where it should slew',
        );
      },
      remedy: 'Set step_threshold 2.0 and first_step_threshold 0.00002.',
    }),
  ),
  row({
    name: 'tx-timestamp-timeout',
    option: 'tx_timestamp_timeout',
    level: 'Warn',
    clause: 'linuxptp',
    confidence: 'Verified',
    expected: '50 ms or more',
    judge: ({ number, subject }) =>
      when(number !== undefined && number >= (needsLongTimeout(subject.devices) ? 50 : 10)),
    remedy: 'Set tx_timestamp_timeout 50: E810 cards need it, others do not suffer.',
    reference: 'Red Hat BZ 2095782',
  }),
  row({
    name: 'fault-reset-interval',
    option: 'fault_reset_interval',
    perPort: true,
    level: 'Warn',
    clause: 'linuxptp',
    expected: 'below 4',
    judge: ({ number }) =>
      when(number !== undefined && number < 4, 'Warn', 'each fault keeps the port down for at least 16 s'),
    remedy: 'Set fault_reset_interval -4 (62 ms).',
  }),
  ...['delayAsymmetry', 'ingressLatency', 'egressLatency'].map((option) =>
    row({
      name: option === 'delayAsymmetry' ? 'delay-asymmetry' : option.replace('Latency', '-latency'),
      option,
      perPort: true,
      level: 'Info',
      clause: '§7',
      expected: '0, or a measured value',
      judge: equals(0),
      remedy: 'Keep a record of the measurement: a change of this value moves the clock.',
    }),
  ),
];
