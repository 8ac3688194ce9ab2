/**
 * Pages of a sorted list. The cursor is the sort key of the last row shown, so any replica can
 * go on from it, also after rows came and went.
 */
export interface Page<T> {
  rows: T[];
  total: number;
  truncated: boolean;
  nextCursor?: string;
}

/** @param keyOf a text that sorts exactly like the rows and is unique. */
export function pageOf<T>(
  sorted: readonly T[],
  keyOf: (row: T) => string,
  limit: number,
  cursor?: string,
): Page<T> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const start = after === undefined ? 0 : sorted.findIndex((row) => keyOf(row) > after);
  const rows = start < 0 ? [] : sorted.slice(start, start + limit);
  const last = rows.at(-1);
  const more = start >= 0 && start + limit < sorted.length;
  return {
    rows,
    total: sorted.length,
    truncated: more,
    ...(more && last !== undefined ? { nextCursor: encodeCursor(keyOf(last)) } : {}),
  };
}

function encodeCursor(key: string): string {
  return Buffer.from(key).toString('base64url');
}

function decodeCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString();
}

export function byKey<T>(keyOf: (row: T) => string): (a: T, b: T) => number {
  return (a, b) => {
    const left = keyOf(a);
    const right = keyOf(b);
    return left < right ? -1 : left > right ? 1 : 0;
  };
}

/** Columns padded with blanks: half the tokens of JSON, and a person can read it too. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [header, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function pageLine(page: Page<unknown>): string {
  const next = page.nextCursor === undefined ? '' : `, next cursor: ${page.nextCursor}`;
  return `shown ${page.rows.length} of ${page.total}${next}`;
}
