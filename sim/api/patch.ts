import { badRequest, invalid } from './api-error.ts';
import type { JsonObject } from './json.ts';
import { isObject, jsonEqual, omit } from './json.ts';

/** RFC 7386. Also used for strategic merge patches, with lists replaced as a whole. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const before = isObject(target) ? target : {};
  const removed = Object.keys(patch).filter((key) => patch[key] === null);
  const result: JsonObject = omit(before, ...removed);
  for (const [key, value] of Object.entries(patch)) {
    if (value !== null) result[key] = mergePatch(before[key], value);
  }
  return result;
}

interface Operation {
  readonly op: string;
  readonly path: readonly string[];
  readonly from: readonly string[];
  readonly value: unknown;
}

/** RFC 6902. The target is not changed. @throws ApiError 400 or 422 */
export function jsonPatch(target: JsonObject, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest('a JSON patch must be a list of operations');
  let result: unknown = structuredClone(target);
  for (const item of patch) result = applyOperation(result, parseOperation(item));
  return result;
}

function parseOperation(item: unknown): Operation {
  if (!isObject(item) || typeof item['op'] !== 'string' || typeof item['path'] !== 'string') {
    throw badRequest('a JSON patch operation needs op and path');
  }
  const from = typeof item['from'] === 'string' ? pointer(item['from']) : [];
  return { op: item['op'], path: pointer(item['path']), from, value: item['value'] };
}

function pointer(text: string): string[] {
  if (text === '') return [];
  // client-go accepts a bare path without the leading slash, so a simulated server does too.
  const parts = text.startsWith('/') ? text.slice(1) : text;
  return parts.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function applyOperation(root: unknown, operation: Operation): unknown {
  switch (operation.op) {
    case 'add':
      return write(root, operation.path, operation.value, 'add');
    case 'replace':
      read(root, operation.path);
      return write(root, operation.path, operation.value, 'replace');
    case 'remove':
      read(root, operation.path);
      return write(root, operation.path, undefined, 'remove');
    case 'move': {
      const value = read(root, operation.from);
      return write(write(root, operation.from, undefined, 'remove'), operation.path, value, 'add');
    }
    case 'copy':
      return write(root, operation.path, structuredClone(read(root, operation.from)), 'add');
    case 'test':
      if (jsonEqual(read(root, operation.path), operation.value)) return root;
      throw invalid('JSON patch', operation.path.join('/'), ['the value tested for is not there']);
    default:
      throw badRequest(`unknown JSON patch operation ${operation.op}`);
  }
}

function read(root: unknown, path: readonly string[]): unknown {
  let current = root;
  for (const part of path) {
    const next: unknown = Array.isArray(current)
      ? current[Number(part)]
      : isObject(current)
        ? current[part]
        : undefined;
    if (next === undefined) throw invalid('JSON patch', path.join('/'), ['the path does not exist']);
    current = next;
  }
  return current;
}

function write(
  root: unknown,
  path: readonly string[],
  value: unknown,
  mode: 'add' | 'replace' | 'remove',
): unknown {
  const last = path.at(-1);
  if (last === undefined) return value;
  const parent = read(root, path.slice(0, -1));
  if (Array.isArray(parent)) writeToArray(parent, last, value, mode);
  else if (isObject(parent)) {
    if (mode === 'remove') Reflect.deleteProperty(parent, last);
    else parent[last] = value;
  } else throw invalid('JSON patch', path.join('/'), ['the parent is neither an object nor a list']);
  return root;
}

function writeToArray(
  list: unknown[],
  key: string,
  value: unknown,
  mode: 'add' | 'replace' | 'remove',
): void {
  const index = key === '-' ? list.length : Number(key);
  if (!Number.isInteger(index) || index < 0 || index > list.length) {
    throw invalid('JSON patch', key, ['the index is out of range']);
  }
  if (mode === 'add') list.splice(index, 0, value);
  else if (mode === 'remove') list.splice(index, 1);
  else list[index] = value;
}
