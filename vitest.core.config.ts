import { defineConfig } from 'vitest/config';

// The tests of core/ alone, for mutation testing: one project, no lanes.
export default defineConfig({
  test: {
    include: ['test/core/**/*.test.ts', 'test/core/**/*.prop.test.ts'],
    testTimeout: 30_000,
    retry: 0,
  },
});
