import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/temporary.ts',
    // A limit for what hangs, not a measure: whole processes and stores are started on busy machines.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
