import { z } from 'zod';

export const CLOCK_TYPES = ['T-TSC', 'T-TSC-DualPort', 'T-BC', 'T-GM', 'BC'] as const;
export type ClockType = (typeof CLOCK_TYPES)[number];

/** One simulated node, as scripts describe it. */
export const nodeSpecSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/),
  clockType: z.enum(CLOCK_TYPES).default('T-TSC'),
  /** Interfaces; a T-BC or BC follows on the first and serves on the others. */
  ports: z.array(z.string()).min(1).max(8).optional(),
  domain: z.int().min(0).max(127).default(24),
  /** Grandmaster identity the node follows, or its own for a T-GM. */
  grandmaster: z
    .string()
    .regex(/^[0-9a-f]{6}\.[0-9a-f]{4}\.[0-9a-f]{6}$/)
    .default('507c6f.fffe.000001'),
  oscillatorPpb: z.number().optional(),
  noiseNanoseconds: z.number().positive().default(3),
  pathDelayNanoseconds: z.int().positive().default(250),
  /** Print every offset (`master offset …`) instead of one summary a second. */
  everyOffset: z.boolean().default(true),
  /** Replay this container log (CRI format) instead of simulating. */
  replay: z
    .strictObject({
      file: z.string(),
      speed: z.number().positive().default(1),
      loop: z.boolean().default(true),
    })
    .optional(),
});
export type NodeSpec = z.output<typeof nodeSpecSchema>;
export type NodeSpecInput = z.input<typeof nodeSpecSchema>;

const DEFAULT_PORTS: Readonly<Record<ClockType, readonly string[]>> = {
  'T-TSC': ['ens1f0'],
  'T-TSC-DualPort': ['ens1f0', 'ens1f1'],
  'T-BC': ['ens4f1', 'ens4f0', 'ens5f0'],
  'T-GM': ['ens7f0', 'ens7f1'],
  BC: ['ens1f0', 'ens1f1'],
};

export function portsOf(spec: NodeSpec): readonly string[] {
  return spec.ports ?? DEFAULT_PORTS[spec.clockType];
}

/** One ptp4l process: its configuration's number, profile and ports. */
export interface Instance {
  readonly index: number;
  readonly profileName: string;
  readonly receivers: readonly string[];
  readonly transmitters: readonly string[];
  readonly hasPhc2sys: boolean;
  readonly hasTs2phc: boolean;
}

/** A T-BC has two instances: profiles without phc2sys come first (linuxptp-daemon ≥ 4.16). */
export function instancesOf(spec: NodeSpec): Instance[] {
  const [first = 'ens1f0', ...others] = portsOf(spec);
  const base = { index: 0, receivers: [first], transmitters: [], hasPhc2sys: true, hasTs2phc: false };
  switch (spec.clockType) {
    case 'T-TSC':
      return [{ ...base, profileName: 'ordinary-clock' }];
    case 'T-TSC-DualPort':
      return [{ ...base, profileName: 'dual-follower', receivers: [first, ...others] }];
    case 'BC':
      return [{ ...base, profileName: 'boundary-clock', transmitters: others }];
    case 'T-GM':
      return [
        {
          ...base,
          profileName: 'grandmaster',
          receivers: [],
          transmitters: [first, ...others],
          hasTs2phc: true,
        },
      ];
    case 'T-BC':
      return [
        { ...base, profileName: '00-tbc-tt', receivers: [], transmitters: others, hasPhc2sys: false },
        { ...base, index: 1, profileName: '01-tbc-tr', hasTs2phc: true },
      ];
  }
}
