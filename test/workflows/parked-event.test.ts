/** Events that could not be used are kept, tried again where time can help, and end by being of use or of none. */
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { searchAttributes } from '../../src/temporal/search-attributes';
import { packRaw, unpackRaw } from '../../src/temporal/raw-event';
import type { ParkedEventAttempt } from '../../workflows/messages';
import { parkEvent } from '../support/parked-event-under-test';
import { OPERATOR } from '../support/order-under-test';
import { held } from '../support/stub-activities';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';
import { startTimeSkipping, type TimeSkipping } from '../support/time-skipping';
import { until } from '../support/until';

let worker: StubWorker;
let time: TimeSkipping;
beforeAll(async () => {
  [worker, time] = await Promise.all([startStubWorker(), startTimeSkipping()]);
});
afterAll(async () => {
  await Promise.all([worker.stop(), time.stop()]);
  await closeTemporal();
});

const EVENT = JSON.stringify({ id: 'e-1', type: 'NEWS.PUBLISHED', object: {} });
const kept: ParkedEventAttempt = { outcome: 'kept', why: 'UNKNOWN_TYPE, NEWS.PUBLISHED is not known' };
const parked = (route: () => ParkedEventAttempt, raw: string | Buffer = EVENT) =>
  parkEvent(worker, raw, 'UNREADABLE', route);

describe('an operator can have it tried again', () => {
  it('and it ends when it can be routed now', async () => {
    const routed = { outcome: 'routed', portfolioOrderId: randomUUID() } as const;
    const event = await parked(() => routed);
    expect(await event.retry()).toEqual(routed);
    expect(await event.handle.result()).toEqual(routed);
    expect(event.attempts().map(({ input }) => input.raw)).toEqual([EVENT]);
  });

  it('and is told why it still cannot', async () => {
    const event = await parked(() => kept);
    expect(await event.retry()).toEqual(kept);
    expect(await event.details()).toContain('NEWS.PUBLISHED is not known');
    expect((await event.handle.describe()).status.name).toBe('RUNNING');
  });

  it('at once, in one attempt, whatever becomes of it', async () => {
    const event = await parked(() => {
      throw ApplicationFailure.retryable('Upvest does not know its order', 'UNROUTED');
    });
    expect(await event.retry()).toEqual({ outcome: 'kept', why: 'Upvest does not know its order' });
    expect(event.attempts()).toHaveLength(1);
  });

  it.each([
    ['who they are', { ...OPERATOR, actor: '' }, 'actor'],
    ['why', { ...OPERATOR, reason: '' }, 'reason'],
  ])('or discard it once they say %s', async (_what, decision, word) => {
    const event = await parked(() => kept);
    const refused = { cause: { message: expect.stringContaining(word) as string } };
    await expect(event.retry(decision)).rejects.toMatchObject(refused);
    await expect(event.discard(decision)).rejects.toMatchObject(refused);
    expect(event.attempts()).toEqual([]);
    expect((await event.handle.describe()).status.name).toBe('RUNNING');
  });
});

it('is no longer found among those that wait once it has ended', async () => {
  const event = await parked(() => kept);
  const query = `WorkflowId = '${event.workflowId}' AND Attention = 'PARKED_UNREADABLE'`;
  await until('visibility', async () => (await worker.client.workflow.count(query)).count === 1);
  await event.discard();
  expect(await event.handle.result()).toEqual({ outcome: 'discarded', ...OPERATOR });
  const { typedSearchAttributes } = await event.handle.describe();
  expect(typedSearchAttributes.get(searchAttributes.attention) ?? []).toEqual([]);
});

it('is not lost by a cancellation from the Temporal UI, and can be tried again afterwards', async () => {
  const event = await parked(() => kept);
  await event.handle.cancel();
  expect(await event.retry()).toEqual(kept);
  expect(await event.retry()).toEqual(kept);
  expect(event.attempts()).toHaveLength(2);
  expect((await event.handle.describe()).status.name).toBe('RUNNING');
});

it('ends as it was decided first, whatever a try that was under way comes to', async () => {
  const routed = held((): ParkedEventAttempt => ({ outcome: 'routed', portfolioOrderId: randomUUID() }));
  const event = await parkEvent(worker, EVENT, 'UNREADABLE', routed.script);
  const retried = event.retry();
  await until('the try', () => event.attempts().length === 1);
  await event.discard();
  routed.release();
  expect(await retried).toMatchObject({ outcome: 'routed' });
  expect(await event.handle.result()).toEqual({ outcome: 'discarded', ...OPERATOR });
});

it('keeps bytes that are no text to the byte', async () => {
  const raw = Buffer.from([0x7b, 0xff, 0x00, 0x7d]);
  const event = await parked(() => kept, raw);
  expect(await event.retry()).toMatchObject({ outcome: 'kept' });
  const [attempt] = event.attempts();
  expect(attempt && unpackRaw(attempt.input)).toEqual(raw);
});

it('several events of one request: those that are dealt with leave, and the rest is kept as it is', async () => {
  const rest = packRaw(JSON.stringify([{ id: 'e-2' }]));
  const answers: ParkedEventAttempt[] = [{ outcome: 'partly', rest, why: 'one is not known' }];
  // As bytes, of which the rest must not be taken for packed.
  const packed = Buffer.concat([
    Buffer.from(JSON.stringify([{ id: 'e-1' }, { id: 'e-2' }])),
    Buffer.from([0xff]),
  ]);
  const event = await parkEvent(worker, packed, 'UNROUTED', () => {
    const answer = answers.shift();
    if (answer !== undefined) return answer;
    throw ApplicationFailure.nonRetryable('one is not known', 'UNROUTED');
  });
  const [first, second] = await until(
    'the rest to be tried',
    () => event.attempts().length > 1 && event.attempts(),
  );
  expect(first?.input.rawEncoding).toBe('gzip+base64');
  expect(second?.input).toEqual({ ...first?.input, ...rest, rawEncoding: undefined });
  expect(second?.input.reason).toBe('UNROUTED');
  expect((await event.handle.describe()).status.name).toBe('RUNNING');
});

describe('where time can help', () => {
  const unrouted = (): never => {
    throw ApplicationFailure.retryable('Upvest does not know its order', 'UNROUTED');
  };

  it.each(['UNROUTED', 'REFUSED_BY_ORDER'] as const)(
    '%s is tried again by itself, at least every ten minutes, until it can be routed',
    async (reason) => {
      const event = await parkEvent(time.worker, EVENT, reason, unrouted);
      await until('the first attempt', () => event.attempts().length > 0);
      // After 5, 10, 20, 40, 80, 160, 320 and 600 seconds.
      await time.pass('21m');
      expect(event.attempts().map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      await time.pass('5h');
      expect(event.attempts()).toHaveLength(9 + 30);
      expect(await event.details()).toContain('Is tried again');
      const routed = { outcome: 'routed', portfolioOrderId: randomUUID() } as const;
      event.routes(() => routed);
      expect(await event.handle.result()).toEqual(routed);
    },
  );

  it('it is tried for a week, and then waits for an operator', async () => {
    const event = await parkEvent(time.worker, EVENT, 'UNROUTED', unrouted);
    await time.pass('167h');
    const before = event.attempts().length;
    expect(before).toBeGreaterThan(1_000);
    await time.pass('1h');
    expect(event.attempts().length).toBeGreaterThan(before);
    await time.pass('1h');
    await until('the end of it', async () => (await event.details()).includes('Waits for an operator'));
    const after = event.attempts().length;
    await time.pass('1d');
    expect(event.attempts()).toHaveLength(after);
    expect((await event.handle.describe()).status.name).toBe('RUNNING');

    event.routes(() => ({ outcome: 'redundant' }));
    expect(await event.retry()).toEqual({ outcome: 'redundant' });
    expect(await event.handle.result()).toEqual({ outcome: 'redundant' });
  });

  it.each(['UNREADABLE', 'UNKNOWN_TYPE', 'LATE'] as const)(
    'which is not for %s: an operator decides',
    async (reason) => {
      const event = await parkEvent(time.worker, EVENT, reason, () => kept);
      await time.pass('1d');
      expect(event.attempts()).toEqual([]);
      expect(await event.details()).toContain('Waits for an operator.');
      await event.discard();
      expect(await event.handle.result()).toEqual({ outcome: 'discarded', ...OPERATOR });
    },
  );
});
