import type { ObservationSink } from '../../observation.ts';
import type { Line } from './line.ts';
import { factOf } from './line.ts';
import { measurement } from './numbers.ts';

/** Text of gpsd, gpspipe and ubxtool. */

const FIX = /\bgpsFix (\d+)/;
const TIME_ACCURACY = /\btAcc (\d+)/;
const KNOWN = /^(?:gpsd:|gpspipe|UBX-|\s+iTOW |\s+(?:gpsFix|tAcc)|\$G|\{"class")/;

/**
 * Reads one line of receiver text at the cursor: `  iTOW 437000 gpsFix 3 flags 0xdd …`,
 * `  iTOW 437000 clkB … tAcc 23 fAcc 0`, NMEA sentences, gpsd's messages.
 */
export function readGnssText(line: Line, emit: ObservationSink): boolean {
  const text = line.rest();
  const fix = FIX.exec(text)?.[1];
  const accuracy = TIME_ACCURACY.exec(text)?.[1];
  if (fix === undefined && accuracy === undefined) return KNOWN.test(text);
  const timeAccuracyNanoseconds = accuracy === undefined ? undefined : measurement(Number(accuracy));
  emit({
    kind: 'gnss',
    ...factOf(line),
    program: 'gnss',
    ...(fix !== undefined && { fix: Number(fix) }),
    ...(timeAccuracyNanoseconds !== undefined && { timeAccuracyNanoseconds }),
  });
  return true;
}
