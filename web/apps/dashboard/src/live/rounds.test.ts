import fc from 'fast-check';
import { expect, test } from 'vitest';

import { inRounds } from './rounds';

test('every item is handled once and in order, one round at a time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fc.nat(), { maxLength: 20 }), async (scheduler, items) => {
      const handled: number[] = [];
      let running = 0;
      const add = inRounds<number>(
        async (round) => {
          expect((running += 1)).toBe(1);
          await scheduler.schedule(Promise.resolve());
          handled.push(...round);
          running -= 1;
        },
        () => scheduler.schedule(Promise.resolve()),
        500,
      );
      for (const item of items) {
        add([item]);
        if (item % 2 === 0) await scheduler.waitIdle();
      }
      await scheduler.waitIdle();
      expect(handled).toEqual(items);
    }),
  );
});

test('the first item is handled at once', () => {
  const handled: string[] = [];
  const add = inRounds<string>(
    (items) => Promise.resolve(handled.push(...items)),
    () => new Promise(() => undefined),
    500,
  );
  add(['a']);
  add(['b']);
  expect(handled).toEqual(['a']);
});
