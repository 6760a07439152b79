/**
 * The versions of Temporal that this project is tested with. The development server, docker-compose.yml and the README
 * name the same ones; test/deploy/compose.test.ts holds them together.
 */

/** Of the Temporal CLI, which brings the server and the Web UI below. */
export const CLI_VERSION = '1.9.1';
export const SERVER_VERSION = '1.32.0';
export const UI_VERSION = '2.54.1';

/** Of the Java SDK, which the time-skipping test server is part of. */
export const TEST_SERVER_VERSION = '1.40.0';
