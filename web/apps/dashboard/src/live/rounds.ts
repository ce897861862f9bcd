/**
 * Handles what comes in, in rounds: the first at once, the next one when that has ended and the pause is over, with
 * all that has come meanwhile. So a large import costs a page a round at a time, and the last change is never missed.
 */
export function inRounds<Item>(
  handle: (items: readonly Item[]) => Promise<unknown>,
  pause: (milliseconds: number) => Promise<void>,
  milliseconds: number,
): (items: readonly Item[]) => void {
  let collected: Item[] = [];
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    while (collected.length > 0) {
      const items = collected;
      collected = [];
      await Promise.all([handle(items), pause(milliseconds)]);
    }
    isRunning = false;
  }

  return (items) => {
    collected.push(...items);
    if (!isRunning) void run();
  };
}
