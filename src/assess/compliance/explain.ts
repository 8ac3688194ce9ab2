import { DEFAULT_LINUXPTP_VERSION, defaultValue, optionDefinition } from '../../ptp/config/options.ts';
import type { EffectiveConfig, EffectiveValue } from '../../ptp/config/effective.ts';
import type { ExpectedInstance } from '../expected.ts';
import { COMPLIANCE_RULE_TABLE, ruleSetOf } from './index.ts';
import type { EnforcedProfile } from './index.ts';

/** One value a program uses: where it comes from, what it would be by default, and who looks at it. */
export interface ExplainedValue {
  program: EffectiveConfig['program'];
  option: string;
  value: string;
  origin: EffectiveValue['origin'];
  /** Port whose value it is; absent for the whole instance. */
  interfaceName?: string;
  section?: string;
  line?: number;
  /** What linuxptp takes when nothing is set; absent when it has no default. */
  builtIn?: string;
  /** Rules of the instance's rule set that look at the option. */
  rules: readonly string[];
}

/**
 * Every value set by file or command line as it is in force, and the defaults some rule depends
 * on. A port is listed only where its own section says something.
 */
export function explainInstance(
  instance: ExpectedInstance,
  options: { ituProfile?: EnforcedProfile; linuxptpVersion?: string } = {},
): readonly ExplainedValue[] {
  const { ituProfile, linuxptpVersion = DEFAULT_LINUXPTP_VERSION } = options;
  const rules = rulesByOption(ruleSetOf(instance, ituProfile).name);
  const configs = [instance.ptp4l, instance.phc2sys, instance.ts2phc, instance.synce4l].filter(
    (config) => config !== undefined,
  );
  return configs.flatMap((config) => {
    const isJudged = config.program === 'ptp4l';
    const explain = (value: EffectiveValue, interfaceName?: string): ExplainedValue => {
      const definition = optionDefinition(value.option);
      return {
        program: config.program,
        ...value,
        interfaceName,
        builtIn: definition === undefined ? undefined : defaultValue(definition, linuxptpVersion),
        rules: isJudged ? (rules.get(value.option) ?? []) : [],
      };
    };
    const ofPorts = config.explicit
      .filter(({ origin }) => origin === 'Port')
      .map((value) => explain(value, value.section));
    const names = new Set([
      ...config.explicit.filter(({ origin }) => origin !== 'Port').map(({ option }) => option),
      ...(isJudged ? rules.keys() : []),
    ]);
    const ofAll = [...names]
      .toSorted()
      .map((option) => config.get(option))
      .filter((value) => value !== undefined);
    return [...ofAll.map((value) => explain(value)), ...ofPorts];
  });
}

function rulesByOption(family: string): ReadonlyMap<string, readonly string[]> {
  const byOption = new Map<string, string[]>();
  for (const rule of COMPLIANCE_RULE_TABLE) {
    if (rule.family !== family || rule.option === undefined) continue;
    byOption.set(rule.option, [...(byOption.get(rule.option) ?? []), rule.id]);
  }
  return byOption;
}
