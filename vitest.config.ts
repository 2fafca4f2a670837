import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/{arrows,amocrm-sandbox,bench,calls,lab}/**/*.test.ts'],
          testTimeout: 10_000,
          // Both cores of a small machine; one registry of modules a worker, or half of the time goes into loading them again.
          maxWorkers: 2,
          isolate: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          // Each file has a lab of its own. Calls mostly wait: three at a time keep the two cores of a small machine busy, not more than busy.
          maxWorkers: 3,
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
