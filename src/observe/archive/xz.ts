import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReadableStream } from 'node:stream/web';
// CommonJS: its names can only be reached through the default import.
import xzDecompress from 'xz-decompress';
import { InputError } from './file-set.ts';

/**
 * Unpacks xz: with the `xz` program where there is one, which is three times as fast, else in
 * WebAssembly.
 *
 * @throws InputError on damaged data
 */
export async function* unpackXz(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* (await hasProgram()) ? unpackByProgram(packed) : unpackByWasm(packed);
}

let programFound: Promise<boolean> | undefined;

function hasProgram(): Promise<boolean> {
  programFound ??= new Promise((resolve) => {
    const child = spawn('xz', ['--version'], { stdio: 'ignore' });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
  return programFound;
}

async function* unpackByProgram(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const child = spawn('xz', ['--decompress', '--stdout', '--quiet'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const exit = once(child, 'exit') as Promise<[code: number | null]>;
  // xz stops reading when it is done or has failed; what went wrong with the input itself comes back here.
  const fed = pipeline(Readable.from(packed, { objectMode: false }), child.stdin).then(
    () => undefined,
    (error: unknown) => error,
  );
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const [code] = await exit;
    const failure = await fed;
    if (failure instanceof InputError) throw failure;
    if (code !== 0) throw new InputError('damaged or cut short');
  } finally {
    child.kill();
  }
}

/** The library can have one stream open at a time: a second one would wait for ever. */
let isWasmBusy = false;

export async function* unpackByWasm(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (isWasmBusy)
    throw new InputError('two xz streams at once need the xz program: install it or unpack the archive');
  isWasmBusy = true;
  const reader = new xzDecompress.XzReadableStream(webStream(packed)).getReader();
  let isAtEnd = false;
  try {
    while (!isAtEnd) {
      const { done, value } = await reader.read();
      isAtEnd = done;
      if (value !== undefined) yield Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
  } catch (error) {
    isAtEnd = true;
    throw error instanceof InputError ? error : new InputError('damaged or cut short');
  } finally {
    if (!isAtEnd) await reader.cancel();
    isWasmBusy = false;
  }
}

/** `Readable.toWeb` throws into nowhere when its stream is given up early. */
function webStream(source: AsyncIterable<Buffer>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
