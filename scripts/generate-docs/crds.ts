import { customResourceDefinition, KINDS, type KindDefinition } from '../../src/api/crd.ts';
import type { StructuralSchema } from '../../src/api/crd-structural.ts';
import { API_GROUP, API_VERSION } from '../../src/api/common.ts';
import { code, table } from './markdown.ts';

export function crdsPage(): string {
  return `# Custom resources

All kinds are of \`${API_GROUP}/${API_VERSION}\` and cluster-scoped. Fields the operator writes are under
\`status\`. Lists are cut at their bound, the worst first; a count beside the list says how many there were.

${KINDS.map(kindSection).join('\n\n')}
`;
}

function kindSection(kind: KindDefinition): string {
  const { kind: name, plural, shortNames, columns, description, rules } = kind;
  const schema = customResourceDefinition(kind).spec.versions[0]?.schema.openAPIV3Schema;
  const columnRows = columns.map((column) => [
    column.name,
    code(column.jsonPath),
    column.priority === 1 ? '`-o wide`' : 'always',
    column.description ?? '',
  ]);
  const parts = (['spec', 'status'] as const).flatMap((part) => {
    const field = schema?.properties?.[part];
    return field?.properties === undefined ? [] : [partSection(part, name, field)];
  });
  return [
    `## ${name}`,
    `${description} ${[plural, ...shortNames].map((one) => `\`kubectl get ${one}\``).join(' or ')}.`,
    ...rules.map(({ message }) => `Enforced by the API server: ${message}.`),
    table(['Column', 'From', 'Shown', 'Meaning'], columnRows),
    ...parts,
  ].join('\n\n');
}

function partSection(part: 'spec' | 'status', kind: string, field: StructuralSchema): string {
  const rows = fieldRows(field, part);
  return `### ${kind}: ${part}\n\n${field.description ?? ''}\n\n${table(['Field', 'Type', 'Default', 'Meaning'], rows)}`;
}

function fieldRows(schema: StructuralSchema, path: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const isRequired = schema.required?.includes(name) === true;
    const here = `${path}.${name}${field.type === 'array' ? '[]' : ''}`;
    const validations = field['x-kubernetes-validations'] ?? [];
    const row = [
      code(here),
      `${typeOf(field)}${isRequired ? ', required' : ''}`,
      field.default === undefined ? '' : code(JSON.stringify(field.default)),
      [field.description ?? '', ...validations.map(({ message }) => `(${message})`)].join(' ').trim(),
    ];
    const inner = field.type === 'array' ? field.items : field;
    return [row, ...(inner === undefined ? [] : fieldRows(inner, here))];
  });
}

const FEW = 8;

function typeOf(field: StructuralSchema): string {
  const { type, enum: values, maxItems, maxLength, minimum, maximum, items } = field;
  if (values !== undefined) {
    return values.length <= FEW ? values.map(code).join(', ') : `one of ${values.length}`;
  }
  if (type === 'array')
    return `list of ${items === undefined ? 'any' : typeOf(items)}, at most ${maxItems ?? '?'}`;
  const bounds = [
    minimum === undefined ? '' : `from ${minimum}`,
    maximum === undefined ? '' : `to ${maximum}`,
    maxLength === undefined ? '' : `at most ${maxLength} characters`,
  ].filter((part) => part !== '');
  return [type, ...bounds].join(' ');
}
