/**
 * Metrics of the SDK's native part, which serves them on an address of its own only. They are read from there, so that a process
 * has one address for Prometheus.
 */
import { createServer } from 'node:net';
import { request } from 'undici';

/** Prometheus waits ten seconds by default. */
const READ_LIMIT_MS = 3_000;

/** A free address of this machine, for the SDK. */
export async function sdkMetricsAddress(): Promise<string> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return `127.0.0.1:${address.port}`;
}

/** The metrics in Prometheus' text format; empty while the SDK does not answer. */
export async function readSdkMetrics(address: string): Promise<string> {
  try {
    const { body } = await request(`http://${address}/metrics`, {
      headersTimeout: READ_LIMIT_MS,
      bodyTimeout: READ_LIMIT_MS,
    });
    return await body.text();
  } catch {
    return '';
  }
}
