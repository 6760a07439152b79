/** The search for predecessor runs when Temporal's index throttles: a query per order, and no answer but the index's own. */
import type { Client } from '@temporalio/client';
import { ServiceError } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { awayStore } from '../../support/order-stores';
import { createRecoveryActivities } from '../../../activities/tracking/recover-predecessor-run';
import { grpcStatus } from '../../../src/temporal/grpc';

const RUN = { workflowId: 'portfolio-order/1', runId: 'own' };
const MINUTE = 60_000;

/** An index that answers so many queries a second, by a clock of its own, and refuses the others. */
function throttledIndex(perSecond: number) {
  const now = { ms: 0 };
  let [tokens, filledAt] = [perSecond, 0];
  const asked = { answered: 0, refused: 0 };
  const list = () => {
    tokens = Math.min(perSecond, tokens + ((now.ms - filledAt) / 1000) * perSecond);
    filledAt = now.ms;
    if (tokens < 1) {
      asked.refused += 1;
      throw throttled();
    }
    tokens -= 1;
    asked.answered += 1;
    return [];
  };
  return { client: { workflow: { list } } as unknown as Client, now, asked };
}

function throttled(): Error {
  return new ServiceError('list', {
    cause: Object.assign(new Error('8 RESOURCE_EXHAUSTED: namespace rate limit exceeded'), {
      code: grpcStatus.resourceExhausted,
      details: 'namespace rate limit exceeded',
      metadata: {},
    }),
  });
}

/** Runs attempts of the activity, which was scheduled so many milliseconds ago. */
function activity(client: Client, ageMs = 5_000): () => Promise<{ kind: string }> {
  const activities = createRecoveryActivities(client, awayStore);
  const environment = new MockActivityEnvironment(
    { workflowExecution: RUN, scheduledTimestampMs: Date.now() - ageMs },
    { logger: new DefaultLogger('ERROR') },
  );
  return () => environment.run(() => activities.findPredecessorRun());
}

it('holds none of 1,200 orders that are adopted within a minute, at 10 queries a second (14.27)', async () => {
  const { client, now, asked } = throttledIndex(10);
  const attempt = activity(client);
  // The intervals of the workflow's retry policy.
  const pause = (attempts: number) => Math.min(15_000, 1_000 * 2 ** (attempts - 1));
  const due = Array.from({ length: 1200 }, (_, index) => ({
    at: index * 50,
    attempts: 0,
  }));
  const kinds: string[] = [];
  while (due.length > 0) {
    due.sort((a, b) => b.at - a.at);
    const order = due.pop();
    if (order === undefined) break;
    now.ms = Math.max(now.ms, order.at);
    try {
      kinds.push((await attempt()).kind);
    } catch {
      const attempts = order.attempts + 1;
      due.push({ ...order, attempts, at: now.ms + pause(attempts) });
    }
  }
  expect(kinds).toEqual(Array.from({ length: 1200 }, () => 'none'));
  expect(asked.answered).toBe(1200);
  expect(asked.refused).toBeGreaterThan(0);
  expect(now.ms).toBeGreaterThan(1.5 * MINUTE);
  expect(now.ms).toBeLessThan(10 * MINUTE);
});

it('goes on for as long as the index throttles or is away (14.27)', async () => {
  const failing = {
    workflow: {
      list: () => {
        throw throttled();
      },
    },
  } as unknown as Client;
  await expect(activity(failing, 24 * 60 * MINUTE)()).rejects.toThrow(ServiceError);
});

it('that is forbidden for two minutes leaves the order to an operator', async () => {
  const denied = {
    workflow: {
      list: () => {
        throw new ServiceError('list', {
          cause: Object.assign(new Error('denied'), {
            code: grpcStatus.permissionDenied,
            details: 'denied',
            metadata: {},
          }),
        });
      },
    },
  } as unknown as Client;
  await expect(activity(denied, MINUTE)()).rejects.toThrow(ServiceError);
  expect(await activity(denied, 3 * MINUTE)()).toEqual({
    kind: 'unreadable',
    why: 'Could not look for a predecessor run: denied',
  });
});
