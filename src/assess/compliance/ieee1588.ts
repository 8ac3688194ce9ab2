import type { ComplianceRule } from './check.ts';
import { equals, is, within } from './judgements.ts';
import { optionRule } from './option-rule.ts';
import type { OptionRow } from './option-rule.ts';

/** IEEE 1588 default profile: only its own consistency is judged, it is no telecom profile. */
export const IEEE1588_EDITION = '2019';

const SOURCE = {
  family: 'IEEE1588',
  standard: 'IEEE 1588',
  edition: IEEE1588_EDITION,
  confidence: 'Known',
  clause: 'Annex I.3',
} as const;

const KNOWN_CLASSES = [6, 7, 13, 14, 52, 58, 187, 193, 248, 255];

const ROWS: readonly OptionRow[] = [
  {
    ...SOURCE,
    id: 'IEEE1588-dataset-comparison',
    title: 'the default profile compares by IEEE 1588',
    option: 'dataset_comparison',
    level: 'Warn',
    expected: 'ieee1588',
    judge: is('ieee1588'),
    remedy: 'Set dataset_comparison ieee1588, or complete the telecom profile.',
  },
  {
    ...SOURCE,
    id: 'IEEE1588-announce-timeout',
    title: 'announceReceiptTimeout is in the range of the profile',
    option: 'announceReceiptTimeout',
    perPort: true,
    level: 'Warn',
    expected: '2 to 10',
    judge: within(2, 10),
    remedy: 'Set announceReceiptTimeout 3.',
  },
  {
    ...SOURCE,
    id: 'IEEE1588-clock-class',
    title: 'clockClass is one the standard defines',
    option: 'clockClass',
    level: 'Error',
    expected: KNOWN_CLASSES.join(', '),
    judge: equals(...KNOWN_CLASSES),
    remedy: 'Set clockClass 248, or 255 with slaveOnly 1.',
  },
  {
    ...SOURCE,
    id: 'IEEE1588-time-stamping',
    title: 'time stamps are taken in hardware',
    option: 'time_stamping',
    level: 'Warn',
    expected: 'hardware, onestep or p2p1step',
    judge: is('hardware', 'onestep', 'p2p1step'),
    remedy: 'Set time_stamping hardware: software stamps are microseconds off.',
  },
  {
    ...SOURCE,
    id: 'IEEE1588-free-running',
    title: 'ptp4l steers the clock',
    option: 'free_running',
    level: 'Warn',
    expected: '0',
    judge: equals(0),
    remedy: 'Set free_running 0.',
  },
  {
    ...SOURCE,
    id: 'IEEE1588-delay-mechanism',
    title: 'there is a delay mechanism',
    option: 'delay_mechanism',
    perPort: true,
    level: 'Error',
    expected: 'E2E, P2P or Auto',
    judge: is('e2e', 'p2p', 'auto', 'common_p2p'),
    remedy: 'Set delay_mechanism E2E.',
  },
];

export const IEEE1588_RULES: readonly ComplianceRule[] = ROWS.map(optionRule);
