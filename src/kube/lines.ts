import { KubeError } from './errors.ts';

const NEWLINE = 0x0a;

/**
 * The lines of a byte stream, decoded as UTF-8 only when whole, so that a character cut in two by a chunk
 * stays intact. A last line without newline is given too: the caller decides what a cut line is worth.
 * Errors: KubeError `BodyTooLarge` for a line longer than the limit, and what the stream throws.
 */
export async function* splitLines(
  body: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<string> {
  let kept: Uint8Array[] = [];
  let keptBytes = 0;
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      kept.push(chunk.subarray(start, end));
      const line = Buffer.concat(kept).toString('utf8');
      kept = [];
      keptBytes = 0;
      start = end + 1;
      yield line;
    }
    if (start === chunk.byteLength) continue;
    kept.push(chunk.subarray(start));
    keptBytes += chunk.byteLength - start;
    if (keptBytes > maxLineBytes)
      throw new KubeError('BodyTooLarge', `a line is longer than ${maxLineBytes} bytes`);
  }
  if (keptBytes > 0) yield Buffer.concat(kept).toString('utf8');
}
