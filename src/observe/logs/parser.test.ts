import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { observeLog } from '../../../test/support/observe-log.ts';
import type { Observation } from '../observation.ts';
import { createLogParser } from './parser.ts';

/** Lines of every grammar, stamped and not, and such as nobody expects. */
const LINES = [
  'ptp4l[100.001]: [ptp4l.0.config:6] master offset        -98 s0 freq      +3 path delay      1587',
  '2026-11-22T04:29:56.807381361Z ptp4l[100.345]: [ptp4l.0.config:6] rms   53 max   74 freq -16642 +/-  40',
  '2026-11-22T04:29:56.807381361+00:00 stdout F phc2sys[100.345]: [ptp4l.0.config:6] CLOCK_REALTIME phc offset -4 s2 freq +2 delay 5',
  '2026-11-22T04:29:57.000000001+00:00 stdout P ptp4l[101.000]: [ptp4l.0.config:5] port 1 (en',
  '2026-11-22T04:29:57.000000001+00:00 stdout F s1f0): link down',
  'ptp4l[101.345]: [ptp4l.0.config:5] port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)',
  'dpll[1757326334]:[ts2phc.1.config] ens4f0 frequency_status 1 offset 99999999999 phase_status 4 pps_status 0 s0',
  'I0908 10:12:04.085236  624338 daemon.go:707] Ptp4lConf: #profile: 01-tbc-tr',
  '[global]',
  'domainNumber 24',
  'I0908 10:12:04.085236  624338 pmc.go:1] parentPortIdentity   020000.fffe.000100-1',
  'gm.ClockClass    6',
  'unknown option client_only at line 2 in global section',
  'chronyd[812][chronyd.0.config]: Selected source 192.168.1.1',
  'kernel: something else',
  'ptp4l[102.000]: [ptp4l.0.config:5] quite unknown \u00e4\u00f6 \u001b[31mred\u001b[0m',
  '',
  '\u0000\u0001\u0002',
  'x'.repeat(70_000),
];

function chunked(
  bytes: Uint8Array,
  cuts: readonly number[],
): { observations: Observation[]; counts: object; samples: readonly string[] } {
  const observations: Observation[] = [];
  const parser = createLogParser({
    node: 'n1',
    source: 'Log',
    onObservation: (each) => observations.push(each),
  });
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let start = 0;
  for (const place of [...places, bytes.length]) {
    parser.push(bytes.subarray(start, place));
    start = place;
  }
  parser.end();
  return { observations, counts: parser.counts, samples: parser.unrecognisedSamples };
}

describe('createLogParser', () => {
  it('says the same wherever the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...LINES), { maxLength: 30 }),
        fc.constantFrom('\n', '\r\n'),
        fc.array(fc.nat(), { maxLength: 40 }),
        (lines, lineEnd, cuts) => {
          const bytes = Buffer.from(lines.join(lineEnd));
          expect(chunked(bytes, cuts)).toEqual(chunked(bytes, []));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('takes any bytes, counts every line once and keeps its memory bounded', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(...LINES).map((line) => Buffer.from(`${line}\n`)),
      fc
        .tuple(fc.constantFrom(...LINES), fc.nat(200), fc.uint8Array({ maxLength: 6 }))
        .map(([line, at, noise]) =>
          Buffer.concat([Buffer.from(line.slice(0, at)), noise, Buffer.from(`${line.slice(at)}\n`)]),
        ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { counts, unrecognised, observations } = observeLog(Buffer.concat(pieces));
        expect(counts.total).toBe(
          counts.recognised + counts.unrecognised + counts.foreign + counts.empty + counts.partial,
        );
        expect(unrecognised.length).toBeLessThanOrEqual(50);
        for (const text of [
          ...unrecognised,
          ...observations.map((each) => ('line' in each ? (each.line ?? '') : '')),
        ]) {
          expect(text.length).toBeLessThanOrEqual(400);
          expect(text).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f]/);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('reads a last line without its end, and CRLF', () => {
    expect(
      observeLog('ptp4l[1.000]: port 1: link down\r\nptp4l[2.000]: port 1: link up').observations,
    ).toMatchObject([{ link: 'Down' }, { link: 'Up' }]);
  });

  it.each(['utf16le', 'utf-16be'])('reads %s with and without a byte order mark', (encoding) => {
    for (const mark of ['', '\ufeff']) {
      const bytes = Buffer.from(`${mark}ptp4l[1.000]: port 1: link down\n`, 'utf16le');
      if (encoding === 'utf-16be') bytes.swap16();
      expect(observeLog(bytes).observations).toMatchObject([{ kind: 'linkChange' }]);
    }
  });

  it('takes a UTF-8 byte order mark away', () => {
    expect(observeLog('\ufeffptp4l[1.000]: port 1: link down\n').observations).toHaveLength(1);
  });

  it("joins CRI fragments of each stream, with the first one's time", () => {
    const text = [
      '2026-11-22T04:29:57.100000000+00:00 stdout P ptp4l[101.000]: [ptp4l.0.config:5] port 1 (en',
      '2026-11-22T04:29:57.150000000+00:00 stderr F I0908 10:12:04.085236  624338 daemon.go:1] Starting ptp4l...',
      '2026-11-22T04:29:57.200000000+00:00 stdout P s1f0): li',
      '2026-11-22T04:29:57.300000000+00:00 stdout F nk down',
      '',
    ].join('\n');
    const { observations, counts } = observeLog(text);
    expect(counts).toMatchObject({ total: 4, partial: 2, recognised: 2 });
    expect(observations).toMatchObject([
      { kind: 'processLife' },
      {
        kind: 'linkChange',
        interfaceName: 'ens1f0',
        atMicros: Date.parse('2026-11-22T04:29:57.100Z') * 1000,
      },
    ]);
  });

  it('cuts endless lines, and fragments that never end', () => {
    const long = observeLog(`ptp4l[1.000]: port 1: ${'x'.repeat(100_000)}\nptp4l[2.000]: port 1: link up\n`);
    expect(long.counts).toMatchObject({ total: 2, tooLong: 1, unrecognised: 1, recognised: 1 });
    const fragment = `2026-11-22T04:29:57.1Z stdout P ${'y'.repeat(16_384)}\n`;
    expect(observeLog(fragment.repeat(100)).counts).toMatchObject({ total: 100, partial: 99 });
  });

  it('keeps evidence printable and short', () => {
    const { observations } = observeLog(
      `ptp4l[1.000]: port 1 (\u001b[31men\u0007s\u00e4\u001b[0m): link down ${'z'.repeat(1000)}\n`,
    );
    const evidence = (observations[0] as { line?: string }).line ?? '';
    expect(evidence).toContain('port 1 (ensä): link down zzz');
    expect(evidence.length).toBeLessThanOrEqual(400);
  });

  it('tells the time of the newest line', () => {
    const parser = createLogParser({ node: 'n1', source: 'Log', onObservation: () => undefined });
    expect(parser.lastAtMicros).toBeUndefined();
    parser.push(Buffer.from('ptp4l[5.250]: port 1: link up\n'));
    expect(parser.lastAtMicros).toBe(5_250_000);
  });
});
