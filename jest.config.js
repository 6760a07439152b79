const { availableParallelism } = require('node:os');

const tier = (displayName, config) => ({
  displayName,
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' }, sourceMaps: 'inline' }] },
  ...config,
});

/** One Temporal server and one bundle of the workflows for all tiers of a run that need them. */
const server = {
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};
const under = (...folders) => folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`);

/**
 * The tiers, each run by `--selectProjects <name>`; docs/testing.md says what belongs where.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  // Guards against a hang, and measures nothing. Above the minute that a worker's last long poll may take to end.
  testTimeout: 120_000,
  // Many tests wait more than they compute: on two cores, three at a time are a little faster than two.
  maxWorkers: Math.min(4, Math.max(3, availableParallelism() - 1)),
  testSequencer: '<rootDir>/test/support/heaviest-first.js',
  projects: [
    tier('unit', {
      testMatch: under('*'),
      testPathIgnorePatterns: [
        '<rootDir>/test/(activities|app|browser|drills|end-to-end|histories|page|records|soak|temporal|tools|workflows)/',
      ],
    }),
    tier('workflows', {
      ...server,
      testMatch: under('activities', 'app', 'records', 'temporal', 'tools', 'workflows'),
    }),
    tier('end-to-end', {
      ...server,
      testMatch: under('browser', 'end-to-end', 'page'),
    }),
    tier('soak', { ...server, testMatch: under('soak') }),
    tier('drills', { ...server, testMatch: under('drills') }),
  ],
};
