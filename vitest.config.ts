import { defineConfig } from 'vitest/config';

// One project a lane; the lane is the file's suffix. No lane retries a test. CommonJS packages, such as
// the vendor's SDKs, are imported as Node does it, not unwrapped, so that tests load what production loads.
const lane = (name: string, include: string[], testTimeout: number) => ({
  test: {
    name,
    include,
    testTimeout,
    retry: 0,
    environment: 'node' as const,
    deps: { interopDefault: false },
  },
});

export default defineConfig({
  test: {
    projects: [
      lane('fast', ['test/**/*.test.ts', 'test/**/*.prop.test.ts'], 30_000),
      lane('wire', ['test/**/*.wire.ts'], 60_000),
      lane('outside', ['test/**/*.outside.ts'], 1_800_000),
      lane('e2e', ['test/**/*.e2e.ts'], 300_000),
    ],
    coverage: {
      provider: 'v8',
      include: ['functions/core/**'],
      reporter: ['text'],
      thresholds: { branches: 95 },
    },
  },
});
