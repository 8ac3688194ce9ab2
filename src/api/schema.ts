import { z } from 'zod';

/**
 * Building blocks of our kinds. One zod object gives the CRD's YAML, the TypeScript type and
 * the MCP output schema, so every block is bounded: numbers, strings and lists alike.
 */

/** A bounded text. `maxLength` is what the API server enforces; writers cut to it. */
export const text = (maxLength: number, description: string): z.ZodString =>
  z.string().max(maxLength).describe(description);

/** A time in RFC 3339, UTC, whole seconds. */
export const time = (description: string): z.ZodString =>
  z.string().max(40).meta({ format: 'date-time', description });

/** Signed nanoseconds within what JavaScript and int64 both hold exactly. */
export const nanoseconds = (description: string): z.ZodNumber =>
  z.int().min(-9_000_000_000_000_000).max(9_000_000_000_000_000).meta({ format: 'int64', description });

/** A count or a duration: zero or more, int32. */
export const count = (description: string, max = 2_147_483_647): z.ZodNumber =>
  z.int().min(0).max(max).meta({ format: 'int32', description });

/** A signed integer of 32 bits. */
export const int32 = (description: string, min = -2_147_483_648, max = 2_147_483_647): z.ZodNumber =>
  z.int().min(min).max(max).meta({ format: 'int32', description });

/** A list replaced as a whole: its one writer is the operator. */
export const atomicList = <T extends z.ZodType>(
  item: T,
  maxItems: number,
  description: string,
): z.ZodArray<T> => z.array(item).max(maxItems).meta({ 'x-kubernetes-list-type': 'atomic', description });

/** A list merged by key. */
export const mapList = <T extends z.ZodType>(
  item: T,
  key: string,
  maxItems: number,
  description: string,
): z.ZodArray<T> =>
  z
    .array(item)
    .max(maxItems)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key], description });
