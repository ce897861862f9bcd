import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['eslint/**/*.test.js', 'apps/**/src/**/*.test.{ts,tsx}', 'packages/**/src/**/*.test.{ts,tsx}'],
    env: { TZ: 'America/New_York' }, // Far from UTC, so that a day formatted in local time fails its test.
    restoreMocks: true,
  },
});
