import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** A file as given, or why it could not be read. */
export interface InputText {
  /** As named on the command line; below a folder, with the folder in front. */
  path: string;
  text?: string;
  problem?: string;
  /** Named itself, not found in a folder: then it should hold something. */
  isNamed: boolean;
}

/** Beyond this a text is no manifest; real ones have some kilobytes. */
const MAX_BYTES = 64 * 2 ** 20;
const MAX_FILES = 20_000;
const MANIFEST_NAME = /\.(?:ya?ml|json)$/i;

/** Reads files, folders of manifests and `-`, standard input. Errors are told in the result. */
export async function readInputs(
  paths: readonly string[],
  stdin: AsyncIterable<Buffer>,
): Promise<InputText[]> {
  const inputs: InputText[] = [];
  for (const path of paths) {
    try {
      if (path === '-') inputs.push({ path, text: await text(stdin), isNamed: true });
      else if ((await stat(path)).isDirectory()) inputs.push(...(await readFolder(path)));
      else inputs.push(await readOne(path, true));
    } catch (error) {
      inputs.push({ path, problem: reasonOf(error), isNamed: true });
    }
  }
  return inputs;
}

async function readFolder(folder: string): Promise<InputText[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && MANIFEST_NAME.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .slice(0, MAX_FILES);
  return Promise.all(paths.map((path) => readOne(path, false)));
}

async function readOne(path: string, isNamed: boolean): Promise<InputText> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) return { path, problem: `larger than ${MAX_BYTES} bytes`, isNamed };
    return { path, text: await readFile(path, 'utf8'), isNamed };
  } catch (error) {
    return { path, problem: reasonOf(error), isNamed };
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'is a folder',
};

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return REASONS[code] ?? (error instanceof Error ? error.message : 'not readable');
}
