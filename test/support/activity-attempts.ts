/** Runs activities without Temporal, attempt by attempt. */
import type { Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';

const logger = new DefaultLogger('ERROR');

/** One attempt, and the details of its last heartbeat. */
export async function attempt<I, O>(
  activity: (input: I) => Promise<O>,
  input: I,
  info: Partial<Info> = {},
  onHeartbeat?: (details: unknown) => void,
): Promise<{ result: PromiseSettledResult<O>; heartbeat: unknown }> {
  const scheduled = { scheduledTimestampMs: Date.now(), ...info };
  const environment = new MockActivityEnvironment(scheduled, { logger });
  let heartbeat: unknown = info.heartbeatDetails;
  // As JSON, like Temporal stores them.
  environment.on('heartbeat', (details: unknown) => {
    heartbeat = JSON.parse(JSON.stringify(details)) as unknown;
    onHeartbeat?.(heartbeat);
  });
  const [result] = await Promise.allSettled([environment.run<[I], O, typeof activity>(activity, input)]);
  return { result, heartbeat };
}

/**
 * Like Temporal, but without its pauses: repeats a failed attempt with its heartbeat details, unless its failure
 * is final.
 *
 * @throws what the last attempt threw
 */
export async function withRetries<I, O>(
  activity: (input: I) => Promise<O>,
  input: I,
  attempts = 10,
): Promise<{ value: O; attempts: number }> {
  let heartbeatDetails: unknown;
  for (let number = 1; ; number += 1) {
    const { result, heartbeat } = await attempt(activity, input, { attempt: number, heartbeatDetails });
    if (result.status === 'fulfilled') return { value: result.value, attempts: number };
    const isFinal = result.reason instanceof ApplicationFailure && result.reason.nonRetryable === true;
    if (isFinal || number === attempts) throw result.reason;
    heartbeatDetails = heartbeat;
  }
}
