/**
 * Metrics of the SDK's native part, which serves them on an address of its own only. They are read from there, so that a process
 * has one address for Prometheus.
 */
import { request } from 'undici';
import { freePort } from '../lib/free-port';

/** Prometheus waits ten seconds by default. */
const READ_LIMIT_MS = 3_000;

/** A free address of this machine, for the SDK. */
export async function sdkMetricsAddress(): Promise<string> {
  return `127.0.0.1:${await freePort()}`;
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
