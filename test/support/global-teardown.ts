import { rm } from 'node:fs/promises';
import './global-setup';

/** Jest runs this once after all tests. */
export default async function globalTeardown(): Promise<void> {
  const started = globalThis.temporalOfTestRun;
  if (started === undefined) return;
  await started.server.stop();
  await rm(started.directory, { recursive: true, force: true });
}
