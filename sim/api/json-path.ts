import { isObject } from './json.ts';

const STEP =
  /\.([A-Za-z0-9_-]+)|\['([^']+)'\]|\[(\d+|\*)\]|\[\?\(@\.([A-Za-z0-9_]+)\s*==\s*["']([^"']*)["']\)\]/y;

/**
 * The JSON paths printer columns use: fields, quoted fields, indexes, `[*]` and the filter
 * `[?(@.type=="Ready")]`. Gives the first result, or several joined by commas for `[*]`.
 */
export function evaluateJsonPath(root: unknown, path: string): unknown {
  let values: unknown[] = [root];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const match = STEP.exec(path);
    if (match === null) return undefined;
    const [, field, quoted, index, filterKey, filterValue] = match;
    values = values.flatMap((value) =>
      step(value, { field: field ?? quoted, index, filterKey, filterValue }),
    );
  }
  const present = values.filter((value) => value !== undefined);
  return present.length > 1 ? present.map(String).join(',') : present[0];
}

interface Step {
  readonly field: string | undefined;
  readonly index: string | undefined;
  readonly filterKey: string | undefined;
  readonly filterValue: string | undefined;
}

function step(value: unknown, { field, index, filterKey, filterValue }: Step): unknown[] {
  if (field !== undefined) return isObject(value) && value[field] !== undefined ? [value[field]] : [];
  if (!Array.isArray(value)) return [];
  const items: unknown[] = value;
  if (index === '*') return items;
  if (index !== undefined) return items.slice(Number(index), Number(index) + 1);
  return items.filter((item) => isObject(item) && filterKey !== undefined && item[filterKey] === filterValue);
}
