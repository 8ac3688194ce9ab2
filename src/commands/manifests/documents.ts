import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
  type Pair,
  type Scalar,
} from 'yaml';
import { offsetOfLine, type ScalarSource, type ScalarStyle } from './text-lines.ts';

/** Both from 1, as editors count. */
export interface Place {
  line: number;
  column: number;
}

export type Path = readonly (string | number)[];

/** Something wrong with the text of a file, before what it says is looked at. */
export interface TextProblem extends Place {
  kind: 'Syntax' | 'DuplicateKey';
  message: string;
}

/** A chain of aliases and merged maps longer than this is a riddle or an attack. */
const MAX_INDIRECTIONS = 16;
/** Nodes that all aliases of a document may stand for in total. */
const MAX_ALIAS_COUNT = 1_000;
const MAX_PROBLEMS = 50;

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  BLOCK_LITERAL: 'Literal',
  BLOCK_FOLDED: 'Folded',
  QUOTE_DOUBLE: 'Double',
  QUOTE_SINGLE: 'Single',
};

/** The documents of a YAML or JSON text. Never throws: a document that cannot be read has problems. */
export function readDocuments(text: string): ManifestDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    logLevel: 'silent',
    // Looked for by our own walk, in linear time.
    uniqueKeys: false,
  });
  return [...documents].map((document) => new ManifestDocument(document, lines, text));
}

/** One document that knows where in the file each of its values stands. */
export class ManifestDocument {
  readonly problems: readonly TextProblem[];
  /** Plain data; undefined when the document cannot be read. */
  readonly value: unknown;
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #text: string;

  constructor(document: Document, lines: LineCounter, text: string) {
    this.#document = document;
    this.#lines = lines;
    this.#text = text;
    const errors = document.errors.slice(0, MAX_PROBLEMS).map(({ pos, message }): TextProblem => {
      return { kind: 'Syntax', message: firstLine(message), ...this.#placeOf(pos[0]) };
    });
    const read = errors.length > 0 ? { value: undefined, problems: errors } : this.#read();
    this.value = read.value;
    this.problems = read.problems;
  }

  /** Where the entry starts; what is missing is placed at the nearest entry above that exists. */
  place(path: Path): Place {
    let node: unknown = this.#document.contents;
    let offset = startOf(node) ?? 0;
    for (const step of path) {
      const entry = this.#entry(node, step, 0);
      if (entry === undefined) break;
      offset = startOf(entry.key) ?? startOf(entry.value) ?? offset;
      node = entry.value;
    }
    return this.#placeOf(offset);
  }

  /** Where a line of a text value stands. */
  placeOfLine(path: Path, line: number): Place {
    const scalar = this.#nodeAt(path);
    if (!isScalar(scalar) || !scalar.range) return this.place(path);
    return this.#placeOf(offsetOfLine(this.#text, sourceOf(scalar, scalar.range), line));
  }

  #read(): { value: unknown; problems: readonly TextProblem[] } {
    const problems = this.#duplicateKeys();
    try {
      return { value: this.#document.toJS({ maxAliasCount: MAX_ALIAS_COUNT }) as unknown, problems };
    } catch (error) {
      const message = error instanceof Error ? firstLine(error.message) : 'cannot be read';
      return { value: undefined, problems: [{ kind: 'Syntax', message, ...this.place([]) }] };
    }
  }

  #duplicateKeys(): readonly TextProblem[] {
    const problems: TextProblem[] = [];
    const open: unknown[] = [this.#document.contents];
    while (open.length > 0 && problems.length < MAX_PROBLEMS) {
      const node = open.pop();
      if (isSeq(node)) for (const item of node.items) open.push(item);
      if (!isMap(node)) continue;
      const keys = new Set<string>();
      for (const { key, value } of node.items) {
        const name = keyText(key);
        if (name !== undefined && name !== MERGE_KEY && keys.has(name)) {
          const message = `key "${name.slice(0, 64)}" stands twice in one mapping; the later one holds`;
          problems.push({ kind: 'DuplicateKey', message, ...this.#placeOf(startOf(key) ?? 0) });
        }
        if (name !== undefined) keys.add(name);
        open.push(value);
      }
    }
    return problems;
  }

  #nodeAt(path: Path): unknown {
    let node: unknown = this.#document.contents;
    for (const step of path) node = this.#entry(node, step, 0)?.value;
    return this.#resolve(node, 0);
  }

  #entry(
    parent: unknown,
    step: string | number,
    depth: number,
  ): { key?: unknown; value: unknown } | undefined {
    if (depth > MAX_INDIRECTIONS) return undefined;
    const node = this.#resolve(parent, depth);
    if (isSeq(node)) return typeof step === 'number' ? { value: node.items[step] } : undefined;
    if (!isMap(node)) return undefined;
    const own = node.items.findLast(({ key }) => keyText(key) === String(step));
    if (own !== undefined) return own;
    return node.items
      .filter(({ key }) => keyText(key) === MERGE_KEY)
      .flatMap((pair) => this.#merged(pair))
      .map((base) => this.#entry(base, step, depth + 1))
      .find((entry) => entry !== undefined);
  }

  /** `<<:` takes one mapping or a list of them. */
  #merged({ value }: Pair): readonly unknown[] {
    const node = this.#resolve(value, 0);
    return isSeq(node) ? node.items : [node];
  }

  #resolve(node: unknown, depth: number): unknown {
    if (!isAlias(node) || depth > MAX_INDIRECTIONS) return node;
    return this.#resolve(node.resolve(this.#document), depth + 1);
  }

  #placeOf(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

const MERGE_KEY = '<<';

function keyText(key: unknown): string | undefined {
  const value = isScalar(key) ? key.value : key;
  if (typeof value === 'string') return value;
  // The merge key of YAML 1.1 is a symbol of the library.
  if (typeof value === 'symbol') return MERGE_KEY;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function sourceOf(scalar: Scalar, [start, end]: readonly [number, number, number]): ScalarSource {
  return { style: STYLES[scalar.type ?? ''] ?? 'Plain', start, end };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
