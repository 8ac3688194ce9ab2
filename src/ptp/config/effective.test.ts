import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { effectiveConfig } from './effective.ts';
import { parseCommandLine } from './command-line.ts';
import { LINUXPTP_OPTIONS, judgeValue } from './options.ts';

describe('effectiveConfig', () => {
  const text =
    '[global]\nslaveOnly 1\nnetwork_transport UDPv4\nlogSyncInterval -4\n[ens1f0]\nlogSyncInterval -3\nnetwork_transport UDPv6\n[ens1f1]\n';
  const config = effectiveConfig({
    program: 'ptp4l',
    text,
    commandLine: '-2 --domainNumber=24 --logSyncInterval -5',
  });

  it.each([
    ['network_transport', 'ens1f0', 'UDPv6', 'Port'],
    ['network_transport', 'ens1f1', 'L2', 'CommandLine'],
    ['network_transport', undefined, 'L2', 'CommandLine'],
    ['logSyncInterval', 'ens1f0', '-3', 'Port'],
    ['logSyncInterval', 'ens1f1', '-5', 'CommandLine'],
    ['domainNumber', undefined, '24', 'CommandLine'],
    ['slaveOnly', undefined, '1', 'Global'],
    ['clientOnly', 'ens1f0', '1', 'Global'],
    ['priority1', undefined, '128', 'Default'],
  ])('%s of port %s is %s from %s', (option, interfaceName, value, origin) => {
    expect(config.get(option, interfaceName)).toMatchObject({ value, origin });
  });

  it('knows the line of a value and nothing of an unknown option', () => {
    expect(config.get('logSyncInterval', 'ens1f0')).toMatchObject({ section: 'ens1f0', line: 6 });
    expect(config.get('no_such_option')).toBeUndefined();
    expect(config.number('network_transport')).toBeUndefined();
  });

  it.each([
    ['tx_timestamp_timeout', '3.1.1', '1'],
    ['tx_timestamp_timeout', '4.2-2.el9_4.3', '10'],
    ['tx_timestamp_timeout', '4.4', '10'],
    ['domainNumber', '3.1.1', '0'],
    ['network_transport', '4.4', 'UDPv4'],
    ['clock_class_threshold', '4.4', '248'],
  ])('default of %s in %s is %s', (option, linuxptpVersion, value) => {
    expect(effectiveConfig({ program: 'ptp4l', linuxptpVersion }).get(option)?.value).toBe(value);
  });

  it.each([
    ['domainNumber 0x18', 24],
    ['domainNumber 030', 24],
    ['domainNumber 24', 24],
    ['fault_reset_interval ASAP', -128],
    ['step_threshold 2.0', 2],
    ['first_step_threshold 0.00002', 0.00002],
  ])('reads "%s" as %d', (line, value) => {
    const option = line.split(' ')[0] ?? '';
    expect(effectiveConfig({ program: 'ptp4l', text: `[global]\n${line}` }).number(option)).toBe(value);
  });

  it.each([
    ['[global]\nclient_only 1', '4.4', 'UnknownOption'],
    ['[global]\ndomainNumber 300', '4.4', 'OutOfRange'],
    ['[global]\ndomainNumber 200', '3.1.1', 'OutOfRange'],
    ['[global]\nnetwork_transport L3', '4.4', 'BadValue'],
    ['[global]\ndomainNumber 24 # telecom', '4.4', 'BadValue'],
    ['[global]\nclock_class_threshold 135', '3.1.1', 'NewerOption'],
    ['[global]\n[ens1f0]\ndomainNumber 24', '4.4', 'WrongSection'],
    ['[global]\ndomainNumber 24\ndomainNumber 25', '4.4', 'DuplicateOption'],
    ['[ens1f0]\nmasterOnly 0', '4.4', 'NoGlobal'],
  ])('%j with %s has the problem %s', (source, linuxptpVersion, code) => {
    const { problems } = effectiveConfig({ program: 'ptp4l', text: source, linuxptpVersion });
    expect(problems.map((problem) => problem.code)).toEqual([code]);
  });

  it('takes the later of two equal settings and knows downstream options', () => {
    const twice = effectiveConfig({
      program: 'ts2phc',
      text: '[global]\nts2phc.rh_external_pps 1\nslaveOnly 0\nclientOnly 1\n',
    });
    expect(twice.number('slaveOnly')).toBe(1);
    expect(twice.problems.map(({ code }) => code)).toEqual(['DuplicateOption']);
  });

  it('lists interfaces of the command line, the sections and the profile', () => {
    const { interfaceNames } = effectiveConfig({
      program: 'ptp4l',
      text: '[ens1f0]\n[nmea]\n[global]',
      commandLine: '-i ens2f0',
      extraInterface: 'ens3f0',
    });
    expect(interfaceNames).toEqual(['ens2f0', 'ens1f0', 'ens3f0']);
  });

  it('accepts its own defaults', () => {
    const refused = LINUXPTP_OPTIONS.filter(
      (option) => option.defaultValue !== '' && judgeValue(option, option.defaultValue, '4.4') !== 'Ok',
    );
    // linuxptp marks "not set" with a value nobody may write.
    expect(refused.map(({ name }) => name)).toEqual(['ts2phc.perout_phase']);
  });

  it('never throws, whatever the text and the options', () => {
    const programs = fc.constantFrom('ptp4l', 'phc2sys', 'ts2phc', 'synce4l');
    fc.assert(
      fc.property(
        programs,
        fc.string({ maxLength: 2000, unit: 'binary' }),
        fc.string({ maxLength: 500 }),
        (program, source, commandLine) => {
          const made = effectiveConfig({ program, text: `[global]\n${source}`, commandLine });
          expect(made.problems.length).toBeLessThanOrEqual(200);
          for (const value of made.explicit.slice(0, 20))
            expect(made.get(value.option, value.section)).toBeDefined();
        },
      ),
    );
  });
});

describe('parseCommandLine', () => {
  const options = (
    program: 'ptp4l' | 'phc2sys' | 'ts2phc' | 'synce4l',
    text: string,
  ): Record<string, string> =>
    Object.fromEntries(parseCommandLine(program, text).options.map(({ option, value }) => [option, value]));

  it.each([
    [
      'ptp4l',
      '-2 -s --summary_interval -4',
      { network_transport: 'L2', clientOnly: '1', summary_interval: '-4' },
    ],
    ['ptp4l', '-2smq', { network_transport: 'L2', clientOnly: '1', verbose: '1', use_syslog: '0' }],
    [
      'ptp4l',
      '-P -6 -S -l7',
      { delay_mechanism: 'P2P', network_transport: 'UDPv6', time_stamping: 'software', logging_level: '7' },
    ],
    ['ptp4l', '--masterOnly=1', { serverOnly: '1' }],
    [
      'ptp4l',
      '/bin/chrt -f 10 /usr/sbin/ptp4l -f /var/run/ptp4l.0.config -2',
      { '-f': '/var/run/ptp4l.0.config', network_transport: 'L2' },
    ],
    [
      'phc2sys',
      '-a -rr -n 24 -N 8 -R 16 -u 0',
      { '-a': '1', '-r': '2', domainNumber: '24', '-N': '8', '-R': '16', '-u': '0' },
    ],
    ['phc2sys', '-a -r -r -z /run/a -z /run/b', { '-a': '1', '-r': '2', uds_address: '/run/a,/run/b' }],
    [
      'phc2sys',
      '-s ens1f0 -c CLOCK_REALTIME -w -O -37 -x',
      { '-s': 'ens1f0', '-c': 'CLOCK_REALTIME', '-w': '1', '-O': '-37', kernel_leap: '0' },
    ],
    [
      'ts2phc',
      '-s generic -a --ts2phc.rh_external_pps 1',
      { '-s': 'generic', '-a': '1', 'ts2phc.rh_external_pps': '1' },
    ],
    [
      'synce4l',
      '-f /var/run/synce4l.0.config -m -l 7',
      { '-f': '/var/run/synce4l.0.config', verbose: '1', logging_level: '7' },
    ],
  ] as const)('%s %s', (program, text, expected) => {
    expect(options(program, text)).toEqual(expected);
  });

  it.each([
    ['ptp4l', '-X'],
    ['ptp4l', '--summary_interval'],
    ['ptp4l', '-f'],
    ['phc2sys', 'ens1f0'],
  ] as const)('%s %s is a problem', (program, text) => {
    expect(parseCommandLine(program, text).problems.map(({ code }) => code)).toEqual(['BadLine']);
  });
});
