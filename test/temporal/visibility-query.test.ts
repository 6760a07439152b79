/** Queries of the index: no value can become anything but a value. */
import type { Client } from '@temporalio/client';
import fc from 'fast-check';
import { queryOf } from '../../src/app/orders/list';
import { IndexTooSlow, is, isAnyOf, readIndex } from '../../src/temporal/visibility';

it.each(["'", '"', '`', '\\', "a' OR 'a'='a", '\n', '\0', '\u2028'.replace('\u2028', '\u0085')])(
  'refuses %j in a value',
  (value) => {
    expect(() => is('AccountId', value)).toThrow('not allowed');
    expect(() => isAnyOf('WorkflowId', ['fine', value])).toThrow('not allowed');
  },
);

it('either refuses a value or has it in quotes as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      let condition;
      try {
        condition = is('AccountId', value);
      } catch {
        return;
      }
      expect(condition).toBe(`AccountId = '${value}'`);
      expect(condition.replace(/^AccountId = '|'$/g, '')).not.toMatch(/['\\]/);
    }),
  );
});

it('gives up an index that is too slow, and does not cancel it: that breaks the development server', async () => {
  let deadline = 0;
  const client = {
    options: { namespace: 'default' },
    withDeadline: (at: number, work: () => Promise<unknown>) => {
      deadline = at;
      return work();
    },
    workflowService: { listWorkflowExecutions: () => new Promise(() => undefined) },
  } as unknown as Client;
  const startedAt = Date.now();
  await expect(readIndex(client, 'any', { limit: 1 })).rejects.toThrow(IndexTooSlow);
  expect(Date.now() - startedAt).toBeLessThan(3_000);
  expect(deadline - startedAt).toBeGreaterThan(10_000);
});

it('has each filter as one condition, all of which have to be met', () => {
  const query = queryOf('orders', {
    status: 'NEW',
    type: 'BUY',
    attention: 'any',
    phase: 'TRACKED',
    open: true,
  });
  for (const condition of [
    "TaskQueue = 'orders'",
    "NOT ExecutionStatus = 'ContinuedAsNew'",
    "PortfolioOrderStatus = 'NEW'",
    "PortfolioOrderType = 'BUY'",
    "(Attention IS NOT NULL OR ExecutionStatus IN ('Terminated', 'Failed', 'TimedOut', 'Canceled'))",
  ])
    expect(query.split(' AND ')).toContain(condition);
});
