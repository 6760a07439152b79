/** Parked events over HTTP: which there are, what is in them, and what operators do about them. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import { parkedEventId } from '../../src/app/parked-events/parked-event-id';
import type { ParkedEventSummary, ParkedEventView } from '../../src/app/parked-events/parked-events';
import { createDeadLetterQueue, type ParkedEvent } from '../../src/app/parked-events/park';
import { call, finished, settledAtBroker, until, type Answer } from '../support/stack';
import { testClient } from '../support/temporal';
import { execution } from '../upvest/webhooks/event-fixture';
import { decidedAtLast, impatientServer } from './operations';
import { expectFields, expectProblem } from './problem';
import { hashOf, newEvent } from './webhooks';
import { parkedEventWorkflowId } from '../../contracts/parked-event';

export function parkedEventsSuite(running: () => Stack): void {
  let stack: Stack;
  beforeAll(() => {
    stack = running();
  });

  /** @returns its id in the API */
  async function park(event: unknown, more: Partial<ParkedEvent> = {}): Promise<string> {
    const raw = typeof event === 'string' || Buffer.isBuffer(event) ? event : JSON.stringify(event);
    const eventId = more.eventId ?? randomUUID();
    await createDeadLetterQueue(testClient(), stack.config.orderTaskQueue).park({
      eventId,
      reason: 'UNREADABLE',
      detail: 'a test',
      receivedAt: '2026-03-02T09:30:00.000Z',
      raw,
      ...more,
    });
    return parkedEventId(parkedEventWorkflowId(eventId, hashOf(raw))) ?? '';
  }

  function get(path: string, token = stack.tokens.operate): Promise<Answer> {
    return call(stack, 'GET', path, { token });
  }

  async function list(query = 'limit=100'): Promise<ParkedEventSummary[]> {
    const { status, body } = await get(`/parked-events?${query}`, stack.tokens.read);
    expect(status).toBe(200);
    return (body as { events: ParkedEventSummary[] }).events;
  }

  function listed(id: string, query?: string): Promise<ParkedEventSummary> {
    return until(`${id} to be listed`, async () => (await list(query)).find((one) => one.id === id));
  }

  async function whole(id: string): Promise<ParkedEventView> {
    const { status, body } = await get(`/parked-events/${id}`);
    expect(status).toBe(200);
    return body as ParkedEventView;
  }

  function decide(
    id: string,
    operation: 'retry' | 'discard',
    { key, url = stack.url, token = stack.tokens.operate, json = { reason: 'looked at it' } } = {} as {
      key?: string;
      url?: string;
      token?: string;
      json?: unknown;
    },
  ): Promise<Answer> {
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    return call({ url }, 'POST', `/parked-events/${id}/${operation}`, { token, json, headers });
  }

  describe('the list', () => {
    it('has those that wait, with what an operator needs to choose, and under their reason', async () => {
      const eventId = randomUUID();
      const id = await park(newEvent('NEWS.PUBLISHED', {}), { eventId, reason: 'UNKNOWN_TYPE' });
      const expected = {
        id,
        eventId,
        reason: 'UNKNOWN_TYPE',
        detail: 'a test',
        receivedAt: '2026-03-02T09:30:00.000Z',
        state: 'OPEN',
      };
      expect(await listed(id)).toEqual(expected);
      expect(await listed(id, 'reason=UNKNOWN_TYPE&limit=100')).toEqual(expected);
      expect((await list('reason=LATE')).map((one) => one.id)).not.toContain(id);
      await decide(id, 'discard');
      await until('it to be gone', async () => !(await list()).some((one) => one.id === id));
    });

    it('comes in pages, newest first', async () => {
      const ids: string[] = [];
      for (let number = 0; number < 3; number += 1)
        ids.unshift(await park(newEvent('X', {}), { reason: 'LATE' }));
      await until('all three', async () => (await list('reason=LATE')).length === 3);
      const first = await get('/parked-events?reason=LATE&limit=2');
      const { events, nextCursor = '' } = first.body as { events: ParkedEventSummary[]; nextCursor?: string };
      expect(events.map(({ id }) => id)).toEqual(ids.slice(0, 2));
      expect((await list(`reason=LATE&limit=2&cursor=${nextCursor}`)).map(({ id }) => id)).toEqual(
        ids.slice(2),
      );
      expectFields(await get(`/parked-events?reason=UNROUTED&cursor=${nextCursor}`), ['cursor']);
    });

    it.each([
      ['reason', 'LOST'],
      ['reason', "LATE'"],
      ['limit', '0'],
      ['state', 'ENDED'],
    ])('cannot be asked for %s=%s', async (field, value) => {
      expectFields(await get(`/parked-events?${field}=${encodeURIComponent(value)}`), [field]);
    });
  });

  describe('one event', () => {
    it.each([
      ['text', '{ "id": "a", "type":"é" '],
      ['text of more than a payload takes as it is', JSON.stringify('\u0001'.repeat(400_000))],
    ])('is shown as it came: %s', async (_what, raw) => {
      const id = await park(raw, { reason: 'UNKNOWN_TYPE' });
      expect(await whole(id)).toMatchObject({
        id,
        raw,
        state: 'OPEN',
        retried: false,
        reason: 'UNKNOWN_TYPE',
      });
    });

    it('of bytes that are no text comes as base64', async () => {
      const bytes = Buffer.from([0xff, 0xfe, 0x00]);
      expect(await whole(await park(bytes))).toMatchObject({
        raw: bytes.toString('base64'),
        rawEncoding: 'base64',
      });
    });

    it('can be called anything', async () => {
      const eventId = 'a/b ../é?';
      expect(await whole(await park(newEvent('X', {}), { eventId }))).toMatchObject({ eventId });
    });

    it('says that it is tried again by itself', async () => {
      const stray = newEvent('EXECUTION.FILLED', { ...execution, id: randomUUID(), order_id: randomUUID() });
      const id = await park(stray, { reason: 'UNROUTED' });
      await until('an attempt', async () => (await whole(id)).retried);
    });

    it('is shown to operators only, since it may name people', async () => {
      const id = await park(newEvent('X', {}));
      for (const token of [stack.tokens.read, stack.tokens.submit])
        expectProblem(await get(`/parked-events/${id}`, token), 403, 'FORBIDDEN');
      expectProblem(await get(`/parked-events/${randomUUID()}.0123456789abcdef`), 404, 'NOT_FOUND');
      expectProblem(await get('/parked-events/unknown'), 404, 'NOT_FOUND');
      expectFields(await get('/parked-events/a%20b'), ['id']);
    });
  });

  describe('retry', () => {
    it('ends an event that can be used now, and says where it went', async () => {
      const { id: portfolioOrderId, events } = await settledAtBroker(stack);
      const id = await park(events[0]);
      const answer = await decide(id, 'retry');
      expect(answer).toMatchObject({ status: 200, body: { outcome: 'routed', portfolioOrderId } });
      expect(await whole(id)).toMatchObject({
        state: 'ENDED',
        outcome: { outcome: 'routed', portfolioOrderId },
      });
      const { detail } = expectProblem(await decide(id, 'retry'), 409, 'ALREADY_ENDED');
      expect(detail).toContain(portfolioOrderId);
      await stack.upvest.control.releaseWebhooks();
      await finished(stack, portfolioOrderId);
    });

    it('says why it still cannot be used', async () => {
      const { status, body } = await decide(await park(newEvent('NEWS.PUBLISHED', {})), 'retry');
      expect(status).toBe(200);
      expect(body).toEqual({ outcome: 'kept', why: expect.stringContaining('NEWS.PUBLISHED') as string });
    });

    it('of several does not repeat what is left of them', async () => {
      const { id, events } = await settledAtBroker(stack);
      const several = await park([events[0], newEvent('NEWS.PUBLISHED', { secret: 'hush' })]);
      const { body } = await decide(several, 'retry');
      expect(body).toEqual({ outcome: 'partly', why: expect.any(String) as string });
      await until('the rest to be kept', async () => {
        const { raw, state } = await whole(several);
        return state === 'OPEN' && !raw.includes(id);
      });
      expect((await listed(several)).reason).toBe('UNREADABLE');
      await stack.upvest.control.releaseWebhooks();
      await finished(stack, id);
    });
  });

  describe('discard', () => {
    it('ends it, and keeps who said so and why', async () => {
      const id = await park(newEvent('X', {}));
      const json = { reason: 'a test event', actor: 'Kim' };
      const outcome = { outcome: 'discarded', actor: 'Kim (demo-operate)', reason: 'a test event' };
      expect(await decide(id, 'discard', { json })).toMatchObject({ status: 200, body: outcome });
      expect(await whole(id)).toMatchObject({ state: 'ENDED', outcome });
      const log = await get('/decisions?actor=Kim%20(demo-operate)&limit=1', stack.tokens.read);
      expect(log.body).toMatchObject({
        decisions: [
          {
            ...{ rule: 'parked:discard', actor: 'Kim (demo-operate)', reason: 'a test event' },
            content: { token: 'demo-operate', event: { reason: 'UNREADABLE' }, outcome },
          },
        ],
      });
      const { detail } = expectProblem(await decide(id, 'retry'), 409, 'ALREADY_ENDED');
      expect(detail).toContain('Kim (demo-operate)');
    });
  });

  describe('a decision', () => {
    it('with the same key is the same one, and another one is refused under it (14.35)', async () => {
      const id = await park(newEvent('NEWS.PUBLISHED', {}));
      const key = randomUUID();
      const first = await decide(id, 'retry', { key });
      expect(await decide(id, 'retry', { key })).toMatchObject({ status: 200, body: first.body });
      expectProblem(await decide(id, 'discard', { key }), 409, 'IDEMPOTENCY_KEY_REUSED');
      const other = await decide(id, 'retry', { key, json: { reason: 'another' } });
      expect(expectProblem(other, 409, 'IDEMPOTENCY_KEY_REUSED').detail).toContain('with other content');
      expect((await whole(id)).state).toBe('OPEN');
    });

    it('takes the role operate, a reason, and an event', async () => {
      const id = await park(newEvent('X', {}));
      for (const operation of ['retry', 'discard'] as const) {
        for (const token of [stack.tokens.read, stack.tokens.submit])
          expectProblem(await decide(id, operation, { token }), 403, 'FORBIDDEN');
        expectFields(await decide(id, operation, { json: {} }), ['reason']);
        expectFields(await decide(id, operation, { json: { reason: 'x', note: 'y' } }), ['note']);
        expectProblem(await decide('unknown', operation), 404, 'NOT_FOUND');
        expectProblem(await decide(`${randomUUID()}.0123456789abcdef`, operation), 404, 'NOT_FOUND');
      }
      expect((await whole(id)).state).toBe('OPEN');
    });

    it('that no worker has answered is asked for with the same key, until there is an answer', async () => {
      const id = await park(newEvent('X', {}));
      const key = randomUUID();
      const impatient = await impatientServer(stack);
      await stack.stopWorker();
      try {
        const answer = await decide(id, 'discard', { key, url: impatient.url });
        expectProblem(answer, 504, 'OUTCOME_UNKNOWN');
      } finally {
        await stack.startWorker();
        await impatient.stop();
      }
      const { status } = await decidedAtLast(() => decide(id, 'discard', { key }));
      expect(status).toBe(200);
      expect((await whole(id)).state).toBe('ENDED');
    });
  });
}
