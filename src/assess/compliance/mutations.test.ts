import { describe, expect, it, jest } from '@jest/globals';
import {
  boundaryClock,
  dualFollower,
  ordinaryClock,
  telecomBoundaryClock,
  telecomGrandmaster,
} from '../../../test/reference-profiles.ts';
import type { PtpProfile } from '../../observe/observation.ts';
import { LINUXPTP_OPTIONS } from '../../ptp/config/options.ts';
import { lintProfiles } from './lint.ts';

/** Thousands of configurations are judged. */
jest.setTimeout(60_000);

type Changed = Readonly<Record<string, string>>;

const REFERENCES: readonly (readonly [string, (changed: Changed) => readonly PtpProfile[]])[] = [
  ['boundary clock', (changed) => [boundaryClock(changed)]],
  ['ordinary clock', (changed) => [ordinaryClock(changed)]],
  ['dual follower', (changed) => [dualFollower(changed)]],
  ['grandmaster', (changed) => [telecomGrandmaster(changed)]],
  ['T-BC', telecomBoundaryClock],
];

const VALUES = ['xyz', '-1', '999999999999', '0', '1', '46', '128'];

function errors(profiles: readonly PtpProfile[]): readonly string[] {
  const { findings } = lintProfiles(profiles);
  return [
    ...new Set(findings.flatMap(({ rule, severity }) => (severity === 'Error' ? [rule] : []))),
  ].toSorted();
}

/** One cause, one Error: what follows from a broken option must not be told as an error of its own. */
describe('one change to a sound configuration breaks at most one rule of level Error', () => {
  it.each(REFERENCES)('any value of any option: %s', (_name, make) => {
    const several = LINUXPTP_OPTIONS.flatMap(({ name, words = [], range = [] }) =>
      [...new Set([...VALUES, ...words, ...range.map(String)])].flatMap((value) => {
        const broken = errors(make({ [name]: value }));
        return broken.length > 1 ? [`${name} ${value}: ${broken.join(', ')}`] : [];
      }),
    );
    expect(several).toEqual([]);
  });

  it.each(REFERENCES)('any line dropped, or with a tab: %s', (_name, make) => {
    const [first, ...others] = make({});
    const lines = (first?.ptp4lConf ?? '').split('\n');
    const several = lines.flatMap((line, index) => {
      const variants = [lines.toSpliced(index, 1), lines.with(index, line.replace(' ', '\t'))];
      return variants.flatMap((variant) => {
        const broken = errors([{ ...first!, ptp4lConf: variant.join('\n') }, ...others]);
        return broken.length > 1 ? [`${line}: ${broken.join(', ')}`] : [];
      });
    });
    expect(several).toEqual([]);
  });
});
