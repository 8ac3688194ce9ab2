import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { z } from 'zod';

/**
 * A zod schema as the MCP server wants it, with its JSON Schema made once. The server is new for
 * each request, and converting the schemas again each time would be a fifth of the cost of a call.
 */
export function advertisedSchema(schema: z.ZodObject, direction: 'input' | 'output'): StandardSchemaWithJSON {
  const json = z.toJSONSchema(schema, { io: direction, target: 'draft-2020-12' }) as Record<string, unknown>;
  const cached = direction === 'output' ? (slim(json) as Record<string, unknown>) : json;
  const standard = schema['~standard'];
  return {
    '~standard': {
      version: standard.version,
      vendor: standard.vendor,
      validate: standard.validate,
      jsonSchema: { input: () => cached, output: () => cached },
    },
  };
}

/** Keys that a model does not need to read an answer. They stay in force when the answer is validated. */
const NOT_ADVERTISED = new Set([
  'description',
  'minimum',
  'maximum',
  'maxLength',
  'maxItems',
  'format',
  'pattern',
  'x-kubernetes-list-type',
]);

/** Drops what only costs tokens: the list of tools is in the context of every conversation. */
function slim(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(slim);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).filter(
    ([key, value]) => !(NOT_ADVERTISED.has(key) && typeof value !== 'object'),
  );
  return Object.fromEntries(entries.map(([key, value]) => [key, slim(value)]));
}
