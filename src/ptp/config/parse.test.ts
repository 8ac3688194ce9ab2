import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_CONFIG_CHARACTERS, isInterfaceSection, parseConfig } from './parse.ts';
import type { ConfigDialect } from './parse.ts';

function codes(text: string, dialect: ConfigDialect): readonly string[] {
  return parseConfig(text, dialect).problems.map(({ code, line }) => `${code}@${line ?? 0}`);
}

describe('parseConfig', () => {
  it('reads sections, options and the profile line', () => {
    const parsed = parseConfig(
      '#profile: slave\n\n[global]\n  domainNumber   24  \n# comment\n[ens1f0]\nmasterOnly 0\n',
    );
    expect(parsed).toEqual({
      profileName: 'slave',
      sections: [
        { name: 'global', line: 3, settings: [{ option: 'domainNumber', value: '24', line: 4 }] },
        { name: 'ens1f0', line: 6, settings: [{ option: 'masterOnly', value: '0', line: 7 }] },
      ],
      problems: [],
    });
  });

  it.each<[string, string, ConfigDialect, readonly string[]]>([
    ['a tab is fine for linuxptp', '[global]\ndomainNumber\t24', 'Linuxptp', []],
    ['a tab loses the line in the daemon', '[global]\ndomainNumber\t24', 'Daemon', ['TabSeparated@2']],
    ['a tab and a space keep the line in the daemon', '[global]\nuserDescription\ta b', 'Daemon', []],
    ['an option without value', '[global]\ndomainNumber', 'Linuxptp', ['BadLine@2']],
    ['a setting before any section', 'domainNumber 24\n[global]', 'Linuxptp', ['WrongSection@1']],
    ['a section that is not closed', '[ens1f0\nmasterOnly 1', 'Daemon', ['BadLine@1']],
    ['a section without a name', '[]\nmasterOnly 1', 'Linuxptp', ['BadLine@1', 'WrongSection@2']],
    ['a repeated section', '[ens1f0]\n[global]\n[ens1f0]', 'Linuxptp', ['DuplicateSection@3']],
    [
      'two unicast tables are two for linuxptp',
      '[unicast_master_table]\n[unicast_master_table]',
      'Linuxptp',
      [],
    ],
    [
      'two unicast tables are one after the daemon',
      '[unicast_master_table]\n[unicast_master_table]',
      'Daemon',
      ['DuplicateSection@2'],
    ],
    [
      'a line beyond what linuxptp reads',
      `[global]\nuserDescription ${'x'.repeat(1100)}`,
      'Linuxptp',
      ['BadLine@2'],
    ],
    ['CRLF line ends', '[global]\r\ndomainNumber 24\r\n', 'Daemon', []],
  ])('%s', (_name, text, dialect, expected) => {
    expect(codes(text, dialect)).toEqual(expected);
  });

  it('merges sections of one name, in order', () => {
    const { sections } = parseConfig('[global]\npriority1 1\n[ens1f0]\n[GLOBAL]\npriority1 2');
    expect(sections.map(({ name, settings }) => [name, settings.map(({ value }) => value)])).toEqual([
      ['global', ['1', '2']],
      ['ens1f0', []],
    ]);
  });

  it('keeps synce4l device and source sections apart from ports', () => {
    const { sections } = parseConfig('[<synce1>]\nextended_tlv 1\n[{SMA1}]\n[ens1f0]\n[nmea]');
    expect(sections.filter(({ name }) => isInterfaceSection(name)).map(({ name }) => name)).toEqual([
      'ens1f0',
    ]);
  });

  it('reads 10 MB in bounded pieces', () => {
    const text = '[global]\n' + 'domainNumber 24\n'.repeat(655_360);
    const { problems, sections } = parseConfig(text);
    expect(problems.map(({ code }) => code)).toEqual(['TooLarge']);
    expect((sections[0]?.settings.length ?? 0) * 16).toBeLessThanOrEqual(MAX_CONFIG_CHARACTERS);
  });

  it('reads 5,000 interfaces', () => {
    const text = Array.from({ length: 5000 }, (_, index) => `[ens${index}]\nmasterOnly 1`).join('\n');
    expect(parseConfig(text, 'Daemon').sections).toHaveLength(5000);
  });

  it('never throws and keeps lists bounded, whatever the text', () => {
    const lines = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom('[global]', '[ens1f0]', '[', ']', '#profile: x', 'a\tb', 'a b', '\0'),
      ),
      { maxLength: 300 },
    );
    fc.assert(
      fc.property(lines, fc.constantFrom<ConfigDialect>('Linuxptp', 'Daemon'), (text, dialect) => {
        const parsed = parseConfig(text.join('\n'), dialect);
        expect(parsed.problems.length).toBeLessThanOrEqual(100);
        expect(new Set(parsed.sections.map(({ name }) => name)).size).toBe(parsed.sections.length);
      }),
    );
  });
});
