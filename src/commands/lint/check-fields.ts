import { fieldsOf, isFields, itemsOf, textOf } from '../../observe/resources/loose.ts';
import type { ManifestDocument, Path } from '../manifests/documents.ts';
import { MAX_PROFILES, PTP_API_GROUP, type PtpConfigManifest } from '../manifests/ptp-config-manifest.ts';
import type { LintFinding } from './finding.ts';
import { manifestFinding } from './manifest-rules.ts';

/** The fields of a PtpConfig as its CRD describes them. */
type Shape =
  | { type: 'text'; maxLength?: number }
  | { type: 'integer' }
  | { type: 'any' }
  | { type: 'texts' }
  | { type: 'object'; fields: Readonly<Record<string, Shape>>; required?: readonly string[] }
  | { type: 'list'; of: Shape };

const TEXT: Shape = { type: 'text' };
const INTEGER: Shape = { type: 'integer' };
/** Longer than any configuration; the daemon and linuxptp never see what is behind it. */
const CONFIGURATION: Shape = { type: 'text', maxLength: 262_144 };

const PROFILE: Shape = {
  type: 'object',
  required: ['name'],
  fields: {
    name: TEXT,
    interface: TEXT,
    ptp4lOpts: TEXT,
    ptp4lConf: CONFIGURATION,
    phc2sysOpts: TEXT,
    phc2sysConf: CONFIGURATION,
    ts2phcOpts: TEXT,
    ts2phcConf: CONFIGURATION,
    synce4lOpts: TEXT,
    synce4lConf: CONFIGURATION,
    chronydOpts: TEXT,
    chronydConf: CONFIGURATION,
    ptpSchedulingPolicy: TEXT,
    ptpSchedulingPriority: INTEGER,
    ptpClockThreshold: {
      type: 'object',
      fields: {
        holdOverTimeout: INTEGER,
        maxOffsetThreshold: INTEGER,
        minOffsetThreshold: INTEGER,
        processDowntimeThresholds: { type: 'any' },
      },
    },
    ptpSettings: { type: 'texts' },
    plugins: { type: 'any' },
  },
};

const RECOMMENDATION: Shape = {
  type: 'object',
  required: ['profile', 'priority'],
  fields: {
    profile: TEXT,
    priority: INTEGER,
    match: { type: 'list', of: { type: 'object', fields: { nodeLabel: TEXT, nodeName: TEXT } } },
  },
};

const SPEC: Shape = {
  type: 'object',
  required: ['profile', 'recommend'],
  fields: { profile: { type: 'list', of: PROFILE }, recommend: { type: 'list', of: RECOMMENDATION } },
};

const API_VERSION = `${PTP_API_GROUP}/v1`;
const MAX_FINDINGS = 200;

/** What the API server would refuse or drop, each with its place. */
export function checkFields(manifest: PtpConfigManifest): readonly LintFinding[] {
  const { document, path, object } = manifest;
  const checker = new FieldChecker(document);
  if (textOf(fieldsOf(object['metadata'])['name']) === undefined) {
    checker.missing([...path, 'metadata', 'name']);
  }
  const apiVersion = object['apiVersion'];
  if (apiVersion !== undefined && apiVersion !== API_VERSION) {
    checker.report('fieldType', [...path, 'apiVersion'], `apiVersion is not ${API_VERSION}`, API_VERSION);
  }
  if (object['spec'] === undefined || object['spec'] === null) checker.missing([...path, 'spec']);
  else checker.check(object['spec'], SPEC, [...path, 'spec']);
  const count = itemsOf(fieldsOf(object['spec'])['profile']).length;
  if (count > MAX_PROFILES) {
    const where = [...path, 'spec', 'profile'];
    checker.report('fieldType', where, `${count} profiles: only the first ${MAX_PROFILES} are looked at`);
  }
  return checker.findings;
}

class FieldChecker {
  readonly findings: LintFinding[] = [];
  readonly #document: ManifestDocument;

  constructor(document: ManifestDocument) {
    this.#document = document;
  }

  check(value: unknown, shape: Shape, path: Path): void {
    if (this.findings.length >= MAX_FINDINGS) return;
    switch (shape.type) {
      case 'any':
        return;
      case 'text': {
        this.#checkText(value, shape.maxLength, path);
        return;
      }
      case 'integer':
        if (!Number.isSafeInteger(value)) this.#wrongType(value, 'an integer', path);
        return;
      case 'texts': {
        this.#checkTexts(value, path);
        return;
      }
      case 'list':
        if (!Array.isArray(value)) {
          this.#wrongType(value, 'a list', path);
          return;
        }
        {
          value.forEach((item, index) => this.check(item, shape.of, [...path, index]));
          return;
        }
      case 'object': {
        this.#checkObject(value, shape, path);
        return;
      }
    }
  }

  missing(path: Path): void {
    const field = fieldName(path);
    this.findings.push(
      manifestFinding('missingField', this.#document.place(path), `${field} is missing`, { option: field }),
    );
  }

  report(rule: 'fieldType' | 'unknownField', path: Path, message: string, expected?: string): void {
    const place = this.#document.place(path);
    this.findings.push(
      manifestFinding(rule, place, message, { option: fieldName(path), expected: expected ?? null }),
    );
  }

  #checkText(value: unknown, maxLength: number | undefined, path: Path): void {
    if (typeof value !== 'string') {
      this.#wrongType(value, 'text', path);
      return;
    }
    if (maxLength !== undefined && value.length > maxLength) {
      const message = `${fieldName(path)} has ${value.length} characters, more than ${maxLength}: it is not read`;
      this.report('fieldType', path, message);
    }
  }

  #checkTexts(value: unknown, path: Path): void {
    if (!isFields(value)) {
      this.#wrongType(value, 'a mapping', path);
      return;
    }
    for (const [key, item] of Object.entries(value)) {
      if (typeof item !== 'string') this.#wrongType(item, 'text (put it in quotes)', [...path, key]);
    }
  }

  #checkObject(value: unknown, shape: Extract<Shape, { type: 'object' }>, path: Path): void {
    if (!isFields(value)) {
      this.#wrongType(value, 'a mapping', path);
      return;
    }
    for (const name of shape.required ?? []) {
      if (value[name] === undefined || value[name] === null || value[name] === '')
        this.missing([...path, name]);
    }
    for (const [name, item] of Object.entries(value)) {
      const field = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
      const where = [...path, name];
      if (field === undefined) {
        const message = `${name.slice(0, 64)} is no field of ${fieldName(path)}`;
        if (this.findings.length < MAX_FINDINGS) this.report('unknownField', where, message);
      } else if (item !== null && item !== undefined) this.check(item, field, where);
    }
  }

  #wrongType(value: unknown, expected: string, path: Path): void {
    const found = value === null ? 'nothing' : Array.isArray(value) ? 'a list' : TYPE_NAMES[typeof value];
    const message = `${fieldName(path)} is ${found ?? 'something else'}, not ${expected}`;
    this.report('fieldType', path, message, expected);
  }
}

const TYPE_NAMES: Readonly<Partial<Record<string, string>>> = {
  object: 'a mapping',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
};

/** The last name on the way, with its place in a list. */
function fieldName(path: Path): string {
  const last = path.at(-1);
  if (typeof last === 'string') return last.slice(0, 64);
  return last === undefined ? 'the document' : `${String(path.at(-2) ?? 'item')}[${last}]`;
}
