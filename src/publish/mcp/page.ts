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

/** A row with the text it is sorted by. */
export interface Keyed<T> {
  readonly key: string;
  readonly row: T;
}

/** @param keyOf a text that sorts as the rows are to be, and is unique; made once for each row. */
export function sortedBy<T>(rows: Iterable<T>, keyOf: (row: T) => string): Keyed<T>[] {
  const keyed = Array.from(rows, (row) => ({ key: keyOf(row), row }));
  return keyed.sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
}

export function pageOf<T>(sorted: readonly Keyed<T>[], limit: number, cursor?: string): Page<T> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const start = after === undefined ? 0 : sorted.findIndex(({ key }) => key > after);
  const shown = start < 0 ? [] : sorted.slice(start, start + limit);
  const last = shown.at(-1);
  const more = start >= 0 && start + limit < sorted.length;
  return {
    rows: shown.map(({ row }) => row),
    total: sorted.length,
    truncated: more,
    ...(more && last !== undefined ? { nextCursor: encodeCursor(last.key) } : {}),
  };
}

function encodeCursor(key: string): string {
  return Buffer.from(key).toString('base64url');
}

function decodeCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString();
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
