/** Events that could not be processed are kept, retried if that can help, and end when they are processed or discarded. */
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { searchAttributes } from '../../contracts/search-attributes';
import { packRaw, unpackRaw } from '../../src/app/parked-events/raw-event';
import { parkedEventId } from '../../src/app/parked-events/parked-event-id';
import { createParkedEvents } from '../../src/app/parked-events/parked-events';
import { parkEvent, type ParkedEventUnderTest } from '../support/parked-event-under-test';
import { OPERATOR } from '../support/order-under-test';
import { held } from '../support/stub-activities';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal } from '../support/temporal';
import { startTimeSkipping, type TimeSkipping } from '../support/time-skipping';
import { until } from '../support/until';
import type { ParkedEventAttempt } from '../../contracts/parked-event';

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

describe('an operator can retry it', () => {
  it('and it ends if it can be routed now', async () => {
    const routed = { outcome: 'routed', portfolioOrderId: randomUUID() } as const;
    const event = await parked(() => routed);
    expect(await event.retry()).toEqual(routed);
    expect(await event.handle.result()).toEqual(routed);
    expect(event.attempts().map(({ input }) => input.raw)).toEqual([EVENT]);
  });

  it('and learns why it still cannot be routed', async () => {
    const event = await parked(() => kept);
    expect(await event.retry()).toEqual(kept);
    expect(await event.details()).toContain('NEWS.PUBLISHED is not known');
    expect((await event.handle.describe()).status.name).toBe('RUNNING');
  });

  it('at once, in one attempt, whatever the result', async () => {
    const event = await parked(() => {
      throw ApplicationFailure.retryable('Upvest does not know its order', 'UNROUTED');
    });
    expect(await event.retry()).toEqual({ outcome: 'kept', why: 'Upvest does not know its order' });
    expect(event.attempts()).toHaveLength(1);
  });

  it.each([
    ['an actor', { ...OPERATOR, actor: '' }, 'actor'],
    ['a reason', { ...OPERATOR, reason: '' }, 'reason'],
  ])('or discard it, but has to state %s', async (_what, decision, field) => {
    const event = await parked(() => kept);
    const refused = { cause: { message: expect.stringContaining(field) as string } };
    await expect(event.retry(decision)).rejects.toMatchObject(refused);
    await expect(event.discard(decision)).rejects.toMatchObject(refused);
    expect(event.attempts()).toEqual([]);
    expect((await event.handle.describe()).status.name).toBe('RUNNING');
  });
});

it('is no longer listed as parked once it has ended', async () => {
  const event = await parked(() => kept);
  const query = `WorkflowId = '${event.workflowId}' AND Attention = 'PARKED_UNREADABLE'`;
  await until('visibility', async () => (await worker.client.workflow.count(query)).count === 1);
  await event.discard();
  expect(await event.handle.result()).toEqual({ outcome: 'discarded', ...OPERATOR });
  const { typedSearchAttributes } = await event.handle.describe();
  expect(typedSearchAttributes.get(searchAttributes.attention) ?? []).toEqual([]);
});

it('is not lost by a cancellation from the Temporal UI, and can be retried afterwards', async () => {
  const event = await parked(() => kept);
  await event.handle.cancel();
  expect(await event.retry()).toEqual(kept);
  expect(await event.retry()).toEqual(kept);
  expect(event.attempts()).toHaveLength(2);
  expect((await event.handle.describe()).status.name).toBe('RUNNING');
});

it('ends with the first decision, whatever the result of an attempt in progress', async () => {
  const routed = held((): ParkedEventAttempt => ({ outcome: 'routed', portfolioOrderId: randomUUID() }));
  const event = await parkEvent(worker, EVENT, 'UNREADABLE', routed.script);
  const retried = event.retry();
  await until('the try', () => event.attempts().length === 1);
  await event.discard();
  routed.release();
  expect(await retried).toMatchObject({ outcome: 'routed' });
  expect(await event.handle.result()).toEqual({ outcome: 'discarded', ...OPERATOR });
});

it('keeps binary content byte by byte', async () => {
  const raw = Buffer.from([0x7b, 0xff, 0x00, 0x7d]);
  const event = await parked(() => kept, raw);
  expect(await event.retry()).toMatchObject({ outcome: 'kept' });
  const [attempt] = event.attempts();
  expect(attempt && unpackRaw(attempt.input)).toEqual(raw);
});

it('several events of one request: processed ones are removed, and the rest is kept unchanged', async () => {
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

describe('what operators decide is stored in the records database', () => {
  const parkedEvents = () => createParkedEvents(worker.client, worker.taskQueue, 10_000);
  const idOf = ({ workflowId }: ParkedEventUnderTest): string => parkedEventId(workflowId) ?? '';
  const time = expect.stringMatching(/^20.*Z$/) as string;

  it('who, when, why, under which key, and what became of the event, before it ends', async () => {
    const event = await parked(() => kept);
    const [ada, bob] = [OPERATOR, { actor: 'bob', reason: 'a test event' }];
    await parkedEvents().perform(idOf(event), 'retry', ada, 'first');
    await parkedEvents().perform(idOf(event), 'discard', bob, 'second');
    await event.handle.result();
    const calls = worker.calls(event.workflowId, 'saveParkedDecisions').map(({ input }) => input);
    const parkedAs = { eventId: event.workflowId.split('/')[1], reason: 'UNREADABLE', detail: 'a test' };
    expect(calls.map(({ subject }) => subject)).toEqual([event.workflowId, event.workflowId]);
    expect(calls.map((call) => call.event)).toEqual(Array(2).fill({ ...parkedAs, receivedAt: time }));
    expect(calls.flatMap(({ decisions }) => decisions)).toEqual([
      { ...ada, operation: 'retry', key: 'first', decidedAt: time, outcome: kept },
      {
        ...{ ...bob, operation: 'discard', key: 'second', decidedAt: time },
        outcome: { outcome: 'discarded', ...bob },
      },
    ]);
  });

  it('and is answered while the database is away: the event stays until then, and is decided only once', async () => {
    const stored = held(() => undefined);
    const event = await parked(() => kept);
    worker.script(event.workflowId, 'saveParkedDecisions', stored.script);
    const discard = (key: string) => parkedEvents().perform(idOf(event), 'discard', OPERATOR, key);
    const done = { kind: 'done', attempt: { outcome: 'discarded', ...OPERATOR } };
    expect(await discard('a-key')).toEqual(done);
    expect((await event.handle.describe()).status.name).toBe('RUNNING');
    await until('the pane', async () => (await event.details()).includes('once the records database has'));
    const ended = { kind: 'ended', how: `discarded by ${OPERATOR.actor}: ${OPERATOR.reason}` };
    expect(await parkedEvents().perform(idOf(event), 'retry', OPERATOR, 'other')).toEqual(ended);
    expect(await discard('another')).toEqual(ended);
    expect(await discard('a-key')).toEqual(done);
    stored.release();
    expect(await event.handle.result()).toEqual({ outcome: 'discarded', ...OPERATOR });
    expect(event.attempts()).toEqual([]);
    expect(worker.calls(event.workflowId, 'saveParkedDecisions')).toHaveLength(1);
  });

  it('also if its list goes on with the rest before that', async () => {
    const rest = packRaw(JSON.stringify([{ id: 'e-2' }]));
    const event = await parked(
      () => ({ outcome: 'partly', rest, why: 'one is not known' }),
      JSON.stringify([{ id: 'e-1' }, { id: 'e-2' }]),
    );
    const stored = held(() => undefined);
    worker.script(event.workflowId, 'saveParkedDecisions', stored.script);
    const { runId } = await event.handle.describe();
    await parkedEvents().perform(idOf(event), 'retry', OPERATOR, 'a-key');
    await until('the next run', async () => (await event.handle.describe()).runId !== runId);
    const saves = () => worker.calls(event.workflowId, 'saveParkedDecisions');
    await until('the second save', () => saves().length === 2);
    const [first, second] = saves();
    expect(second?.input).toEqual(first?.input);
    expect(second?.input.decisions).toMatchObject([
      { key: 'a-key', outcome: { outcome: 'partly', why: 'one is not known' } },
    ]);
    expect(second?.input.decisions[0]?.outcome).not.toHaveProperty('rest');
    stored.release();
    await event.discard();
    await event.handle.result();
  });
});

describe('a retry that is sent again with its key (14.43)', () => {
  const decision = { actor: 'ada', reason: 'the order is known now' };
  const parkedEvents = () => createParkedEvents(worker.client, worker.taskQueue, 10_000);
  const idOf = ({ workflowId }: ParkedEventUnderTest): string => parkedEventId(workflowId) ?? '';
  const rest = packRaw(JSON.stringify([{ id: 'e-2' }]));
  const partly: ParkedEventAttempt = { outcome: 'partly', rest, why: 'one is not known' };
  const list = JSON.stringify([{ id: 'e-1' }, { id: 'e-2' }]);

  /** A list of which an operator's retry processed a part, so that it continued as new with the rest. */
  async function inSecondRun(): Promise<ParkedEventUnderTest> {
    const event = await parked(() => partly, list);
    const { runId } = await event.handle.describe();
    expect(await parkedEvents().perform(idOf(event), 'retry', decision, 'a-key')).toEqual({
      kind: 'done',
      attempt: { outcome: 'partly', why: 'one is not known' },
    });
    await until('the next run', async () => (await event.handle.describe()).runId !== runId);
    event.routes(() => ({ outcome: 'all-dealt-with', events: 1 }));
    return event;
  }

  it('to the next run of its list gives the first outcome, and tries nothing', async () => {
    const event = await inSecondRun();
    const again = await parkedEvents().perform(idOf(event), 'retry', decision, 'a-key');
    expect(again).toEqual({ kind: 'done', attempt: { outcome: 'partly', why: 'one is not known' } });
    const other = { ...decision, reason: 'another one' };
    expect(await parkedEvents().perform(idOf(event), 'retry', other, 'a-key')).toMatchObject({
      kind: 'key-reused',
      digests: expect.anything() as unknown,
    });
    expect(event.attempts()).toHaveLength(1);
    expect((await event.handle.describe()).status.name).toBe('RUNNING');
    await event.discard();
  });

  it('after the end that it led to gives its outcome again', async () => {
    const event = await inSecondRun();
    const last = { kind: 'done', attempt: { outcome: 'all-dealt-with', events: 1 } };
    expect(await parkedEvents().perform(idOf(event), 'retry', decision, 'another-key')).toEqual(last);
    await event.handle.result();
    expect(await parkedEvents().perform(idOf(event), 'retry', decision, 'another-key')).toEqual(last);
    // The first retry belongs to an earlier run.
    expect(await parkedEvents().perform(idOf(event), 'retry', decision, 'a-key')).toEqual({
      kind: 'done',
      attempt: { outcome: 'partly', why: 'one is not known' },
    });
    expect(event.attempts()).toHaveLength(2);
  });
});

describe('automatic retries', () => {
  const unrouted = (): never => {
    throw ApplicationFailure.retryable('Upvest does not know its order', 'UNROUTED');
  };

  it.each(['UNROUTED', 'REFUSED_BY_ORDER'] as const)(
    '%s is retried, at least every ten minutes, until it can be routed',
    async (reason) => {
      const event = await parkEvent(time.worker, EVENT, reason, unrouted);
      await until('the first attempt', () => event.attempts().length > 0);
      // After 5, 10, 20, 40, 80, 160, 320 and 600 seconds.
      await time.pass('21m');
      expect(event.attempts().map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      await time.pass('5h');
      expect(event.attempts()).toHaveLength(9 + 30);
      expect(await event.details()).toContain('Retried automatically');
      const routed = { outcome: 'routed', portfolioOrderId: randomUUID() } as const;
      event.routes(() => routed);
      expect(await event.handle.result()).toEqual(routed);
    },
  );

  it('continue for a week, and then the event waits for an operator', async () => {
    const event = await parkEvent(time.worker, EVENT, 'UNROUTED', unrouted);
    await time.pass('167h');
    const before = event.attempts().length;
    expect(before).toBeGreaterThan(1_000);
    await time.pass('1h');
    expect(event.attempts().length).toBeGreaterThan(before);
    await time.pass('1h');
    await until('the end of it', async () => (await event.details()).includes('Waiting for an operator'));
    const after = event.attempts().length;
    await time.pass('1d');
    expect(event.attempts()).toHaveLength(after);
    expect((await event.handle.describe()).status.name).toBe('RUNNING');

    event.routes(() => ({ outcome: 'redundant' }));
    expect(await event.retry()).toEqual({ outcome: 'redundant' });
    expect(await event.handle.result()).toEqual({ outcome: 'redundant' });
  });

  it.each(['UNREADABLE', 'UNKNOWN_TYPE', 'LATE'] as const)(
    'do not happen for %s: an operator decides',
    async (reason) => {
      const event = await parkEvent(time.worker, EVENT, reason, () => kept);
      await time.pass('1d');
      expect(event.attempts()).toEqual([]);
      expect(await event.details()).toContain('Waiting for an operator.');
      await event.discard();
      expect(await event.handle.result()).toEqual({ outcome: 'discarded', ...OPERATOR });
    },
  );
});
