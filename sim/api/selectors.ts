import { badRequest } from './api-error.ts';
import { valueAtPath } from './json.ts';
import type { KubeObject } from './object.ts';

export type Selector = (object: KubeObject) => boolean;

const EVERYTHING: Selector = () => true;
const SET_REQUIREMENT = /^([^\s!=,()]+)\s+(in|notin)\s*\(([^)]*)\)$/;
const EQUALITY = /^([^\s!=,()]+)\s*(==|=|!=)\s*(.*)$/;

/** `a=b,c!=d,e in (x,y),f,!g` over the object's labels. @throws ApiError 400 */
export function parseLabelSelector(text: string | null): Selector {
  if (text === null || text.trim() === '') return EVERYTHING;
  const requirements = splitOutsideParentheses(text).map(labelRequirement);
  return (object) => {
    const labels = object.metadata.labels ?? {};
    return requirements.every((matches) => matches(labels));
  };
}

function labelRequirement(text: string): (labels: Readonly<Record<string, string>>) => boolean {
  const set = SET_REQUIREMENT.exec(text);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = new Set(list.split(',').map((value) => value.trim()));
    if (operator === 'in') return (labels) => Object.hasOwn(labels, key) && values.has(labels[key] ?? '');
    return (labels) => !values.has(labels[key] ?? '');
  }
  const equality = EQUALITY.exec(text);
  if (equality !== null) {
    const [, key = '', operator, value = ''] = equality;
    if (operator === '!=') return (labels) => labels[key] !== value;
    return (labels) => labels[key] === value;
  }
  if (text.startsWith('!')) return (labels) => !Object.hasOwn(labels, text.slice(1).trim());
  if (/[\s=()]/.test(text)) throw badRequest(`unable to parse requirement: ${text}`);
  return (labels) => Object.hasOwn(labels, text);
}

/** `spec.nodeName=x,status.phase!=Failed`: any path of the object. @throws ApiError 400 */
export function parseFieldSelector(text: string | null): Selector {
  if (text === null || text.trim() === '') return EVERYTHING;
  const requirements = text.split(',').map((part) => {
    const match = EQUALITY.exec(part.trim());
    if (match === null) throw badRequest(`invalid field selector: ${part}`);
    const [, path = '', operator, value = ''] = match;
    return { path, wanted: operator !== '!=', value };
  });
  return (object) =>
    requirements.every(
      ({ path, wanted, value }) => (scalarText(valueAtPath(object, path)) === value) === wanted,
    );
}

function scalarText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function splitOutsideParentheses(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
