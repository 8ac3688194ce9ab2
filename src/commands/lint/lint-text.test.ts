import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { ptpConfig, REFERENCES, manifest } from '../../../test/lint/manifests.ts';
import { boundaryClock, ordinaryClock, telecomBoundaryClock } from '../../../test/reference-profiles.ts';
import { lintText } from './lint-text.ts';
import { MANIFEST_RULES } from './manifest-rules.ts';

type Findings = ReturnType<typeof lintText>['file']['findings'];

function findingsOf(text: string): Findings {
  return lintText({ path: 'a.yaml', text }).file.findings;
}

/** Rules with an Error, each once. */
function errors(text: string): readonly string[] {
  return [...new Set(findingsOf(text).flatMap(({ rule, severity }) => (severity === 'Error' ? [rule] : [])))];
}

/** The text of the file from the place of a finding to the end of its line. */
function textAt(text: string, rule: string): string | undefined {
  const finding = findingsOf(text).find((one) => one.rule === rule);
  if (finding === undefined) return undefined;
  return (text.split('\n')[finding.line - 1] ?? '').slice(finding.column - 1);
}

describe('reference configurations', () => {
  it.each(Object.entries(REFERENCES))('%s has no error', (_name, text) => {
    expect(errors(text)).toEqual([]);
  });

  it('keeps profiles of different nodes apart, and reports each profile once', () => {
    const text = Object.values(REFERENCES).join('---\n');
    expect(errors(text)).toEqual([]);
    expect(
      lintText({ path: '', text }).file.profiles.map(({ name, clockType }) => [name, clockType]),
    ).toEqual([
      ['slave', 'OC'],
      ['boundary', 'BC'],
      ['oc1', 'OC'],
      ['tbc-tr', 'TBC'],
      ['tbc-tt', 'TBC'],
      ['grandmaster', 'TGM'],
      ['bc1', 'BC'],
      ['bc2', 'BC'],
      ['boundary-ha', 'Unknown'],
    ]);
  });
});

describe('one broken place: its rule alone is an error, at that place', () => {
  const mutations: readonly (readonly [
    what: string,
    from: RegExp | string,
    to: string,
    rule: string,
    at: string,
  ])[] = [
    ['domain', 'domainNumber 24', 'domainNumber 23', 'G8275.1-domain', 'domainNumber 23'],
    ['misspelt option', 'priority2 128', 'priority22 128', 'linuxptp-unknown-option', 'priority22 128'],
    ['no number', 'priority2 128', 'priority2 high', 'linuxptp-value', 'priority2 high'],
    ['domain of phc2sys', '-a -r -n 24', '-a -r -n 25', 'phc2sys-domain', 'phc2sysOpts:'],
    ['priority range', /ptpSchedulingPriority: 10/, 'ptpSchedulingPriority: 90', 'daemon-scheduling', ''],
    ['text for a number', 'Priority: 10', "Priority: '10'", 'manifest-field-type', 'ptpSchedulingPriority'],
    ['setting', "logReduce: 'true'", "logReduce: 'maybe'", 'daemon-setting-value', 'logReduce'],
    ['setting of no text', "logReduce: 'true'", 'logReduce: true', 'manifest-field-type', 'logReduce: true'],
    ['no such profile', 'profile: boundary', 'profile: border', 'recommend-profile', 'profile: border'],
    ['no priority', /\n +priority: 4/, '', 'manifest-missing-field', ''],
    ['priority of a person', 'priority: 4', 'priority: high', 'manifest-field-type', 'priority: high'],
    [
      'key given twice',
      'priority: 4',
      'priority: 4\n      priority: 5',
      'manifest-duplicate-key',
      'priority: 5',
    ],
    ['object without a name', '  name: boundary\n  namespace', '  namespace', 'manifest-missing-field', ''],
    ['version', 'ptp.openshift.io/v1', 'ptp.openshift.io/v2', 'manifest-field-type', 'apiVersion'],
  ];

  it.each(mutations)('%s', (_what, from, to, rule, at) => {
    const text = REFERENCES['boundary']!.replace(from, to);
    expect(text).not.toBe(REFERENCES['boundary']);
    expect(errors(text)).toEqual([rule]);
    expect(textAt(text, rule)).toContain(at);
  });

  it('a setting separated by a tab is dropped by the daemon', () => {
    const profile = boundaryClock();
    const ptp4lConf = (profile.ptp4lConf ?? '').replace('logSyncInterval -4', 'logSyncInterval\t-4');
    const text = manifest('boundary', [{ ...profile, ptp4lConf }]);
    expect(errors(text)).toEqual(['daemon-tab-separated']);
    expect(textAt(text, 'daemon-tab-separated')).toMatch(/^logSyncInterval/);
  });

  it('names profiles by their own name when two resources use it', () => {
    const objects = [
      ptpConfig('a', [ordinaryClock()]),
      ptpConfig('b', [ordinaryClock({ domainNumber: '1' })]),
    ];
    const text = dump({ apiVersion: 'v1', kind: 'List', items: objects }, { lineWidth: -1 });
    expect(errors(text)).toEqual(['G8275.1-domain']);
    expect(
      findingsOf(text)
        .filter(({ rule }) => ['G8275.1-domain', 'profile-name-unique'].includes(rule))
        .map(({ rule, severity, profile }) => [rule, severity, profile]),
    ).toEqual([
      ['G8275.1-domain', 'Error', 'slave'],
      ['profile-name-unique', 'Warn', 'slave'],
    ]);
  });

  it('a circle of controlling profiles is found at the setting', () => {
    const [receiver, transmitter] = telecomBoundaryClock();
    const circle = { ...receiver, ptpSettings: { ...receiver.ptpSettings, controllingProfile: 'tbc-tt' } };
    const text = manifest('t-bc', [circle, transmitter]);
    expect(errors(text)).toContain('profile-controlling');
    expect(textAt(text, 'profile-controlling')).toMatch(/^controllingProfile: tbc-t/);
  });

  it('a label with a value matches no node', () => {
    const text = REFERENCES['boundary']!.replace('io/boundary', 'io/boundary=');
    expect(findingsOf(text)).toMatchObject([{ rule: 'recommend-match', severity: 'Warn' }]);
  });
});

describe('any input', () => {
  it('plain linuxptp configurations are judged too', () => {
    const text = '# by hand\n[global]\ndomainNumber 24\n[ens1f0]\nfoo 1\n';
    const { file } = lintText({ path: 'ptp4l.conf', text });
    expect(file.findings).toContainEqual(
      expect.objectContaining({ rule: 'linuxptp-unknown-option', line: 5, column: 1, option: 'foo' }),
    );
  });

  it('says what it could not read and goes on with the rest', () => {
    const broken = lintText({ path: '', text: `a: b: c\n---\n${REFERENCES['boundary']!}` });
    expect(broken.isReadable).toBe(false);
    expect(broken.file.findings).toMatchObject([{ rule: 'manifest-syntax', line: 1 }]);
    expect(broken.file.profiles).toHaveLength(1);
    expect(lintText({ path: '', text: 'kind: Pod\n' }).file.findings).toMatchObject([
      { rule: 'manifest-no-ptpconfig', severity: 'Info' },
    ]);
    expect(lintText({ path: '', text: 'kind: List\nitems: []\n' }).file.findings).toEqual([]);
  });

  it('holds with thousands of ports', () => {
    const ports = Array.from({ length: 5_000 }, (_, index) => `[eth${index}]\nmasterOnly 0\n`).join('');
    const profile = { ...boundaryClock({ domainNumber: '7' }), ptp4lOpts: '-2' };
    const text = manifest('many', [{ ...profile, ptp4lConf: `${profile.ptp4lConf ?? ''}${ports}` }]);
    expect(errors(text)).toContain('G8275.1-domain');
  });

  it('never throws, and every place is in the file', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const object = fc.record(
      {
        apiVersion: fc.oneof(fc.constant('ptp.openshift.io/v1'), value),
        kind: fc.constant('PtpConfig'),
        metadata: fc.oneof(fc.record({ name: fc.string() }), value),
        spec: fc.oneof(
          value,
          fc.record({
            profile: fc.oneof(
              value,
              fc.array(
                fc.dictionary(
                  fc.constantFrom(
                    'name',
                    'ptp4lConf',
                    'ptp4lOpts',
                    'ptpSettings',
                    'plugins',
                    'x',
                    '__proto__',
                  ),
                  fc.oneof(fc.string({ unit: 'binary' }), value),
                ),
              ),
            ),
            recommend: fc.oneof(value, fc.array(fc.dictionary(fc.constantFrom('profile', 'match'), value))),
          }),
        ),
      },
      { requiredKeys: ['kind'] },
    );
    fc.assert(
      fc.property(fc.array(object, { maxLength: 3 }), fc.boolean(), (items, asJson) => {
        const list = { kind: 'List', items };
        const text = asJson ? JSON.stringify(list) : dump(list, { skipInvalid: true });
        const lines = text.split('\n');
        for (const { line, column, message } of findingsOf(text)) {
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
          expect(message).not.toMatch(/could not be made/);
        }
      }),
      { numRuns: 300 },
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void findingsOf(text)));
  });

  it('has rules with unique ids', () => {
    expect(new Set(MANIFEST_RULES.map(({ id }) => id)).size).toBe(MANIFEST_RULES.length);
  });
});
