const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' }, sourceMaps: 'inline' }] },
  // Guards against a hang, and measures nothing. Above the minute that a worker's last long poll may take to end.
  testTimeout: 120_000,
  // Many tests wait more than they compute; all of them share one Temporal server.
  maxWorkers: Math.min(4, Math.max(2, availableParallelism() - 1)),
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};
