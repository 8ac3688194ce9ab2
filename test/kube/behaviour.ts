/**
 * What the operator relies on in a Kubernetes API. Run against the simulated API by `in-process.test.ts` and
 * against the real one by the end-to-end tests: whatever passes on one and not on the other is a fault of the
 * simulation, and would make every test that stands on it worth less.
 */
import { afterAll, beforeAll, describe } from '@jest/globals';
import { describeApply } from './behaviour/apply.ts';
import { describeCoordination } from './behaviour/coordination.ts';
import { describeLogs } from './behaviour/logs.ts';
import { describeLists, describeObjects } from './behaviour/objects.ts';
import { type KubeUnderTest, Suite } from './behaviour/suite.ts';
import { describeReflector, describeWatches } from './behaviour/watches.ts';

export type { KubeUnderTest };

const START_MILLIS = 180_000;

export function describeKubeBehaviour(name: string, start: () => Promise<KubeUnderTest>): void {
  describe(`Kubernetes API: ${name}`, () => {
    const suite = new Suite();
    beforeAll(() => suite.start(start), START_MILLIS);
    afterAll(() => suite.stop(), START_MILLIS);
    describe('objects', () => describeObjects(suite));
    describe('lists', () => describeLists(suite));
    describe('watches', () => describeWatches(suite));
    describe('server-side apply of a status', () => describeApply(suite));
    describe('leases and events', () => describeCoordination(suite));
    describe('pod logs', () => describeLogs(suite));
    describe('reflector', () => describeReflector(suite));
  });
}
