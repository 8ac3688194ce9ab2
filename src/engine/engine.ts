/** The engine as others use it: its contract and the one way to make it. */
export type { Engine } from './contract.ts';
export { createEngine } from './create-engine.ts';
