import type { z } from 'zod';
import type { Micros } from '../../ptp/time.ts';
import type { FleetSnapshot } from '../../report/snapshot.ts';

/** What a tool may read. There is no Kubernetes client here: an answer costs the cluster nothing. */
export interface ToolContext {
  snapshot: FleetSnapshot;
  now: Micros;
  /** All inputs have been read at least once. */
  synced: boolean;
}

/**
 * One tool of the MCP server. Adding one: a file with a `defineTool`, a row in tools.ts.
 * `text` must be complete by itself, as many hosts show the model nothing else.
 */
export interface ToolDefinition {
  name: string;
  title: string;
  /** What it gives and when to call it; models choose by these words. */
  description: string;
  input: z.ZodObject;
  output: z.ZodObject;
  run: (input: unknown, context: ToolContext) => ToolAnswer;
}

export type ToolAnswer = { text: string; structured: Record<string, unknown> } | { error: string };

/** Types `run` by the schemas, then forgets them, so that all tools fit one table. */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject>(tool: {
  name: string;
  title: string;
  description: string;
  input: I;
  output: O;
  run: (
    input: z.infer<I>,
    context: ToolContext,
  ) => { text: string; structured: z.infer<O> } | { error: string };
}): ToolDefinition {
  return { ...tool, run: (input, context) => tool.run(input as z.infer<I>, context) };
}
