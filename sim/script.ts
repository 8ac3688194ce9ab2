import { readFileSync } from 'node:fs';
import { load as loadYaml } from 'js-yaml';
import { z } from 'zod';
import { FAULT_IDS } from './nodes/faults.ts';
import { nodeSpecSchema } from './nodes/node-spec.ts';

const stepSchema = z.strictObject({
  /** Seconds after the start of the cycle. */
  at: z.number().nonnegative(),
  /** Seconds until the fault is cleared; absent for faults that are over at once. */
  for: z.number().positive().optional(),
  node: z.string(),
  fault: z.enum(FAULT_IDS),
});

const scriptSchema = z
  .strictObject({
    description: z.string().optional(),
    seed: z.int().default(1),
    namespace: z.string().default('openshift-ptp'),
    rateLinesPerSecond: z.number().positive().default(20),
    /** How long a T-GM or T-BC stays within its holdover specification. */
    holdoverSeconds: z.number().positive().default(20),
    /** The faults repeat after this time; absent: once. */
    cycleSeconds: z.number().positive().optional(),
    nodes: z.array(nodeSpecSchema).min(1).max(5_000),
    faults: z.array(stepSchema).default([]),
  })
  .superRefine((script, context) => {
    const names = script.nodes.map((node) => node.name);
    if (new Set(names).size !== names.length)
      context.addIssue({ code: 'custom', message: 'node names must be unique', path: ['nodes'] });
    script.faults.forEach((step, index) => {
      const path = ['faults', index];
      if (!names.includes(step.node))
        context.addIssue({ code: 'custom', message: `no node ${step.node}`, path });
      if (script.cycleSeconds !== undefined && step.at + (step.for ?? 0) > script.cycleSeconds) {
        context.addIssue({
          code: 'custom',
          message: 'the fault must be over before the cycle repeats',
          path,
        });
      }
    });
  });

/** Topology of a simulated cluster and what goes wrong in it when. */
export type Script = z.output<typeof scriptSchema>;
export type ScriptInput = z.input<typeof scriptSchema>;
export type ScriptStep = Script['faults'][number];

/** @throws Error that names every wrong field */
export function parseScript(value: unknown): Script {
  const result = scriptSchema.safeParse(value);
  if (!result.success) throw new Error(`invalid simulation script:\n${z.prettifyError(result.error)}`);
  return result.data;
}

export function readScript(path: string | URL): Script {
  return parseScript(loadYaml(readFileSync(path, 'utf8')));
}

/** A cluster of `count` nodes of mixed kinds, without faults. */
export function uniformScript(count: number, overrides: Partial<ScriptInput> = {}): Script {
  const nodes = Array.from({ length: count }, (_, index) => ({
    name: `worker-${index}`,
    clockType: index === 0 ? ('T-GM' as const) : index % 10 === 1 ? ('T-BC' as const) : ('T-TSC' as const),
  }));
  return parseScript({ nodes, ...overrides });
}
