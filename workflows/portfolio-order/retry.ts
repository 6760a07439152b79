/** How activities that call a partner are retried within one call. */
import type { RetryPolicy } from '@temporalio/common';

export const RETRY = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '60s',
} satisfies RetryPolicy;

/**
 * Attempts of one call, within half a minute when a partner answers at once. Then the call fails, so that the order knows
 * and shows why, and is repeated by the workflow's own timer.
 */
export const ATTEMPTS = 5;
