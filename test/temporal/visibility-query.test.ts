/** Queries of the index: no value can become anything but a value. */
import type { Client } from '@temporalio/client';
import fc from 'fast-check';
import { closeTemporal, testClient } from '../support/temporal';
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

describe('an index that is too slow', () => {
  it('is given up, and the query is cancelled (14.26)', async () => {
    const { client, deadlines } = slowIndex('postgres12_pgx');
    const startedAt = Date.now();
    await expect(readIndex(client, 'any', { limit: 1 })).rejects.toThrow(IndexTooSlow);
    expect(Date.now() - startedAt).toBeLessThan(3_000);
    expect(Math.max(...deadlines) - startedAt).toBeLessThan(2_000);
  });

  it('is given up and not cancelled on a development server, whose database that breaks (14.26)', async () => {
    const { client, deadlines } = slowIndex('sqlite');
    const startedAt = Date.now();
    await expect(readIndex(client, 'any', { limit: 1 })).rejects.toThrow(IndexTooSlow);
    expect(Date.now() - startedAt).toBeLessThan(3_000);
    expect(Math.max(...deadlines) - startedAt).toBeGreaterThan(10_000);
  });

  it('is known by its database, as the real development server is (14.26)', async () => {
    const { visibilityStore } = await testClient().workflowService.getClusterInfo({});
    expect(visibilityStore).toBe('sqlite');
    await closeTemporal();
  });
});

/** A client of an index that never answers, and the deadlines of its requests. */
function slowIndex(visibilityStore: string): { client: Client; deadlines: number[] } {
  const deadlines: number[] = [];
  const client = {
    options: { namespace: 'default' },
    withDeadline: (at: number, work: () => Promise<unknown>) => {
      deadlines.push(at);
      return work();
    },
    workflowService: {
      getClusterInfo: () => Promise.resolve({ visibilityStore }),
      listWorkflowExecutions: () => new Promise(() => undefined),
    },
  } as unknown as Client;
  return { client, deadlines };
}
