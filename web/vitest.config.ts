import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['lint/**/*.test.js', 'apps/**/src/**/*.test.{ts,tsx}', 'packages/**/src/**/*.test.{ts,tsx}'],
    setupFiles: ['vitest.setup.ts'],
    hookTimeout: 30_000, // A page waits for its pending calls before it is taken down.
    testTimeout: 30_000, // Longer than a query of Testing Library waits, so that its message is the one shown.
    isolate: false, // One process per core instead of one per file: a third of the processor time.
    env: { TZ: 'America/New_York' }, // Far from UTC, so that a day formatted in local time fails its test.
    restoreMocks: true,
  },
});
