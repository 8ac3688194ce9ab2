import type { ObservationSink, SynceStatus } from '../../observation.ts';
import type { Line } from './line.ts';
import { factOf } from './line.ts';
import { readLinuxptpMessage } from './linuxptp.ts';
import { parseInteger } from './numbers.ts';
import type { Rule, RuleReader } from './rules.ts';
import { message, pattern, RuleTable } from './rules.ts';

/** What synce4l prints. The daemon's own `eec_state` and `clock_quality` lines are in status.ts. */

function synce(fields: (groups: readonly string[]) => Partial<SynceStatus>): RuleReader {
  return (line, groups) => ({ kind: 'synce', ...factOf(line), ...fields(groups) });
}

function named(name: 'qualityLevel' | 'extendedQualityLevel'): RuleReader {
  return synce((groups) => {
    const level = parseInteger(groups[1]);
    const interfaceName = groups[2];
    return {
      ...(level !== undefined && { [name]: level }),
      ...(interfaceName !== undefined && { interfaceName }),
    };
  });
}

const RULES: readonly Rule[] = [
  pattern('', /attached new TLV, QL=(0x[\da-f]+) on (\S+)/i, named('qualityLevel')),
  pattern('', /attached new extended TLV, EXT_QL=(0x[\da-f]+) on (\S+)/i, named('extendedQualityLevel')),
  pattern(
    'act on ',
    /^(EEC_[\w/]+) for (\S+)/,
    synce((groups) => ({ eecState: firstState(groups), interfaceName: groups[2] ?? '' })),
  ),
  pattern(
    'EEC_',
    /^([\w/]+) on (?:\S+ of )?(\S+)/,
    synce((groups) => ({ eecState: `EEC_${firstState(groups)}`, device: groups[2] ?? '' })),
  ),
  pattern('', /^(?:tx_|rx_|rebuild|generate_)\w*[:(]/),
  pattern('', /^(?:new |detached|attached|recei?ved? |timeout |QL |ext_?QL|EXT_QL)/i),
  pattern('', /\b(?:ESMC|TLV|synce|SyncE|dpll|DPLL|QL|device|port)\b/),
];

function firstState(groups: readonly string[]): string {
  return (groups[1] ?? '').split('/')[0] ?? '';
}

const TABLE = new RuleTable([...RULES, message('config item ')]);

export function readSynce4lMessage(line: Line, emit: ObservationSink): boolean {
  return TABLE.read(line, emit) || readLinuxptpMessage(line, emit);
}
