import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { z } from 'zod';
import { typicalStatus } from '../../test/support/snapshot.ts';
import { customResourceDefinition, KINDS, REPORT_KIND, FLEET_KIND, type KindDefinition } from './crd.ts';
import { toStructural, type StructuralSchema } from './crd-structural.ts';
import { reportStatusSchema } from './report.ts';

const KIBIBYTE = 1024;

function schemaOf(kind: KindDefinition): StructuralSchema {
  return customResourceDefinition(kind).spec.versions[0]!.schema.openAPIV3Schema;
}

/** Every schema node with its path, depth first. */
function* walk(schema: StructuralSchema, path: string): Generator<[string, StructuralSchema]> {
  yield [path, schema];
  if (schema.items !== undefined) yield* walk(schema.items, `${path}[]`);
  for (const [name, child] of Object.entries(schema.properties ?? {})) yield* walk(child, `${path}.${name}`);
}

/** The largest value a schema accepts, with every list and text at its bound. */
function largest(schema: StructuralSchema): unknown {
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, child]) => [name, largest(child)]),
      );
    case 'array':
      return Array.from({ length: schema.maxItems! }, () => largest(schema.items!));
    case 'integer':
      return [schema.minimum!, schema.maximum!].sort((a, b) => String(b).length - String(a).length)[0];
    case 'string':
      if (schema.enum !== undefined) return [...schema.enum].sort((a, b) => b.length - a.length)[0];
      if (schema.format === 'date-time') return '2026-11-22T10:00:00Z';
      return 'W'.repeat(schema.maxLength!);
    case 'boolean':
      return false;
  }
}

describe.each(KINDS)('the schema of $kind', (kind) => {
  const nodes = [...walk(schemaOf(kind), kind.kind)];
  const bounded = nodes.filter(
    ([path]) => !/\.(apiVersion|kind|metadata)$/.test(path) || path.split('.').length > 2,
  );

  it('bounds every text, list and number', () => {
    const unbounded = bounded.filter(([, schema]) => {
      if (schema.type === 'string') return schema.enum === undefined && schema.maxLength === undefined;
      if (schema.type === 'array')
        return schema.maxItems === undefined || schema['x-kubernetes-list-type'] === undefined;
      if (schema.type === 'integer')
        return schema.minimum === undefined || schema.maximum === undefined || schema.format === undefined;
      return false;
    });
    expect(unbounded.map(([path]) => path)).toEqual([]);
  });

  it('requires the keys of every map list', () => {
    for (const [, schema] of nodes) {
      for (const key of schema['x-kubernetes-list-map-keys'] ?? [])
        expect(schema.items?.required).toContain(key);
    }
  });

  it('gives defaults that its own bounds accept', () => {
    for (const [, schema] of nodes) {
      if (typeof schema.default !== 'number') continue;
      expect(schema.default).toBeGreaterThanOrEqual(schema.minimum!);
      expect(schema.default).toBeLessThanOrEqual(schema.maximum!);
    }
  });

  it('describes every field, so that kubectl explain answers', () => {
    const silent = bounded.filter(
      ([path, schema]) => schema.description === undefined && !path.endsWith('[]'),
    );
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  it('has columns whose paths lead to a field, so that an empty status shows blanks', () => {
    for (const column of kind.columns) {
      if (column.jsonPath.startsWith('.metadata.')) continue;
      const found = column.jsonPath
        .slice(1)
        .split('.')
        .reduce<StructuralSchema | undefined>((schema, name) => schema?.properties?.[name], schemaOf(kind));
      expect(found?.type).toBe(column.type);
    }
  });

  it('shows at most eight columns by default', () => {
    expect(kind.columns.filter((column) => column.priority === undefined).length).toBeLessThanOrEqual(8);
  });

  it('stays below 256 KiB, also as client-side apply annotation', () => {
    expect(JSON.stringify(JSON.stringify(customResourceDefinition(kind))).length).toBeLessThan(
      256 * KIBIBYTE,
    );
  });
});

describe('the size of a report', () => {
  it.each([REPORT_KIND, FLEET_KIND])('$kind stays within 256 KiB with everything at its bound', (kind) => {
    const object = {
      metadata: { name: 'W'.repeat(253) },
      status: largest(toStructural(kind.status, kind.kind)),
    };
    expect(Buffer.byteLength(JSON.stringify(object))).toBeLessThanOrEqual(256 * KIBIBYTE);
  });

  it('a busy boundary clock stays within 16 KiB and is valid', () => {
    const status = typicalStatus('worker-1.example.com');
    expect(Buffer.byteLength(JSON.stringify(status))).toBeLessThanOrEqual(16 * KIBIBYTE);
    const ajv = new Ajv({ strict: false, validateFormats: false });
    const valid = ajv.validate(
      toStructural(reportStatusSchema, 'status'),
      JSON.parse(JSON.stringify(status)),
    );
    expect(ajv.errors ?? valid).toBe(true);
  });
});

describe('names of our kinds', () => {
  it('do not collide with each other or with what a telecom cluster has', () => {
    const taken = [
      'po',
      'no',
      'ns',
      'pv',
      'pvc',
      'psp',
      'pdb',
      'pc',
      'ptpconfigs',
      'nodeptpdevices',
      'prom',
      'pp',
      'pmon',
      'ptpoperatorconfigs',
      'hardwareconfigs',
    ];
    const names = KINDS.flatMap((kind) => [kind.plural, kind.singular, ...kind.shortNames]);
    expect(new Set([...names, ...taken]).size).toBe(names.length + taken.length);
  });
});

describe('toStructural', () => {
  it.each([
    ['a union', z.object({ value: z.union([z.string(), z.int()]) })],
    ['a free record', z.object({ value: z.record(z.string(), z.string()) })],
    ['a fraction', z.object({ value: z.number() })],
    ['an untyped value', z.object({ value: z.unknown() })],
  ])('refuses %s and names the field', (_, schema) => {
    expect(() => toStructural(schema, 'spec')).toThrow(/^spec\.value/);
  });

  it('spells out the default of an object, as CEL rules see it before nested defaults', () => {
    const inner = z.object({ value: z.int().default(3) }).prefault({});
    expect(toStructural(z.object({ inner }), 'spec').properties?.['inner']?.default).toEqual({ value: 3 });
  });

  it('bounds every integer by what a double holds exactly', () => {
    const exact = Number.MAX_SAFE_INTEGER;
    expect(toStructural(z.int(), 'spec')).toEqual({ type: 'integer', minimum: -exact, maximum: exact });
  });
});
