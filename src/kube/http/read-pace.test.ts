import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../lib/clock.ts';
import { ReadPace } from './read-pace.ts';

describe('ReadPace', () => {
  it('lets all who wait go on together, then pauses anew', async () => {
    const clock = new ManualClock();
    const pace = new ReadPace(clock, 100);
    const gone: string[] = [];
    void pace.wait().then(() => gone.push('first'));
    await clock.advance(60);
    void pace.wait().then(() => gone.push('second'));
    await clock.advance(39);
    expect(gone).toEqual([]);
    await clock.advance(1);
    expect(gone).toEqual(['first', 'second']);
    void pace.wait().then(() => gone.push('third'));
    await clock.advance(99);
    expect(gone).toHaveLength(2);
    await clock.advance(1);
    expect(gone).toHaveLength(3);
  });
});
