/** What a reader gets of one order: its tag, its timeline in parts and as a picture, and the answer that waits. */
import type { Stack } from '../../demo/stack';
import type { TimelineEntry } from '../../src/domain/views/timeline';
import { request } from 'undici';
import { call, finished, newRequest, show, submit, until, type Answer } from '../support/stack';
import { heldOrder, operate, placeUnanswered } from './operations';
import { expectFields, expectProblem } from './problem';

export function orderViewsSuite(running: () => Stack): void {
  let stack: Stack;
  let reference: string;
  beforeAll(async () => {
    stack = running();
    reference = await submit(stack);
    await finished(stack, reference);
  });

  function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return call(stack, 'GET', path, { token: stack.tokens.read, headers });
  }

  describe('the tag of an order', () => {
    it('stays while nothing changes, is the same by reference and by id, and saves the body', async () => {
      const path = `/portfolio-orders/${reference}`;
      const first = await get(path);
      const etag = String(first.headers.etag);
      const { portfolioOrderId } = await show(stack, reference);
      expect((await get(path)).headers.etag).toBe(etag);
      const unchanged = await get(path, { 'if-none-match': `"other", W/${etag}` });
      expect(unchanged).toMatchObject({ status: 304, body: undefined, headers: { etag } });
      expect((await get(path, { 'if-none-match': '"other"' })).status).toBe(200);
      expect((await get(`/portfolio-orders/${portfolioOrderId ?? ''}`)).status).toBe(200);
    });

    it('changes with the order', async () => {
      const path = `/portfolio-orders/${await heldOrder(stack)}`;
      const before = await get(path);
      await operate(stack, path.slice('/portfolio-orders/'.length), 'acknowledge');
      const after = await get(path, { 'if-none-match': String(before.headers.etag) });
      expect(after.status).toBe(200);
      expect(after.headers.etag).not.toBe(before.headers.etag);
    });

    it('keeps orders out of shared caches', async () => {
      expect((await get(`/portfolio-orders/${reference}`)).headers['cache-control']).toBe(
        'private, no-cache',
      );
      expect((await get('/portfolio-orders')).headers['cache-control']).toBe('no-store');
    });
  });

  interface Timeline {
    entries: TimelineEntry[];
    total: number;
    nextOffset?: number;
  }

  describe('the timeline', () => {
    const path = (query = '') => `/portfolio-orders/${reference}/timeline${query}`;
    const part = async (query?: string): Promise<Timeline> => (await get(path(query))).body as Timeline;

    it('is whole without being asked for in parts', async () => {
      const { entries, total, nextOffset } = await part();
      expect(total).toBeGreaterThan(10);
      expect(entries).toHaveLength(total);
      expect(nextOffset).toBeUndefined();
    });

    it('in parts is the same', async () => {
      const { entries } = await part();
      const seen: TimelineEntry[] = [];
      for (let offset: number | undefined = 0; offset !== undefined;) {
        const page: Timeline = await part(`?limit=4&offset=${offset}`);
        expect(page.entries.length).toBeLessThanOrEqual(4);
        seen.push(...page.entries);
        offset = page.nextOffset;
      }
      expect(seen).toEqual(entries);
      expect(await part(`?offset=${entries.length}`)).toEqual({ entries: [], total: entries.length });
    });

    it.each(['limit=0', 'limit=1001', 'limit=x', 'offset=-1', 'offset=1.5', 'page=1'])(
      'cannot be asked for with %s',
      async (query) => {
        expectFields(await get(path(`?${query}`)), [query.split('=')[0] ?? '']);
      },
    );

    it('is that of the placement while the order has no workflow, and 404 where there is none (14.19)', async () => {
      const unknown = await placeUnanswered(stack);
      const { entries } = (await get(`/portfolio-orders/${unknown}/timeline`)).body as {
        entries: { subject: string; id: string; rule: string }[];
      };
      expect(entries.map(({ subject, id, rule }) => [subject, id, rule])).toEqual([
        ['placement', unknown, 'placement:requested'],
        ['placement', unknown, 'placement:unknown'],
      ]);
      expectProblem(await get(`/portfolio-orders/${unknown}/timeline.svg`), 404, 'NOT_FOUND');
      expectProblem(await get('/portfolio-orders/unknown/timeline'), 404, 'NOT_FOUND');
      expectProblem(await get('/portfolio-orders/unknown/timeline.svg'), 404, 'NOT_FOUND');
    });

    it('is drawn as a picture in which nothing may run', async () => {
      const answer = await request(`${stack.url}${path('.svg')}`, {
        headers: { authorization: `Bearer ${stack.tokens.read}` },
      });
      const text = await answer.body.text();
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-type']).toBe('image/svg+xml; charset=utf-8');
      expect(answer.headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox$/);
      expect(answer.headers['content-security-policy']).not.toContain('script-src');
      expect(text).toMatch(/^<svg [^]*<\/svg>\s*$/);
      expect(text).not.toMatch(/<script|javascript:/i);
    });
  });

  describe('placing with wait', () => {
    const place = (query: string, json: unknown) =>
      call(stack, 'POST', `/portfolio-orders?${query}`, { token: stack.tokens.submit, json });

    it('answers once for the order that is there now', async () => {
      const order = newRequest();
      const answer = await place('wait=30', order);
      expect(answer).toMatchObject({
        status: 202,
        headers: { location: `/portfolio-orders/${order.reference}` },
        body: {
          reference: order.reference,
          placement: { phase: 'PLACED' },
          order: { cashAmount: '1000.00' },
        },
      });
      expect(['TRACKED', 'FINISHED']).toContain((answer.body as { phase: string }).phase);
      expect(await place('wait=30', order)).toMatchObject({
        status: 200,
        body: { portfolioOrderId: (answer.body as { portfolioOrderId: string }).portfolioOrderId },
      });
    });

    it('tells of a refusal in the same answer', async () => {
      stack.upvest.control.failCalls({ method: 'POST', path: '/portfolios/orders', outcome: 400 });
      const answer = await place('wait=30', newRequest());
      stack.upvest.control.clearFaults();
      expect(answer).toMatchObject({
        status: 202,
        body: { phase: 'REFUSED', placement: { problem: { status: 400 } } },
      });
    });

    it('waits no longer than it was asked to', async () => {
      await stack.stopWorker();
      try {
        const startedAt = performance.now();
        const order = newRequest();
        expect(await place('wait=1', order)).toMatchObject({
          status: 202,
          headers: { location: `/portfolio-orders/${order.reference}` },
          body: { reference: order.reference },
        });
        const took = performance.now() - startedAt;
        expect(took).toBeGreaterThan(900);
        expect(took).toBeLessThan(6_000);
        const again = await place('wait=1', order);
        expect(again).toMatchObject({ status: 200, body: { reference: order.reference } });
      } finally {
        await stack.startWorker();
      }
    });

    it('does not wait for a conflict', async () => {
      const order = newRequest();
      await place('wait=30', order);
      expectProblem(await place('wait=30', { ...order, side: 'SELL' }), 409, 'REFERENCE_CONFLICT');
    });

    it.each(['wait=-1', 'wait=31', 'wait=1.5', 'wait=soon', 'wait=', 'wate=1'])(
      'refuses %s',
      async (query) => {
        const order = newRequest();
        expectFields(await place(query, order), [query.split('=')[0] ?? '']);
        await until(
          'nothing to be placed',
          async () => (await get(`/portfolio-orders/${order.reference}`)).status === 404,
        );
      },
    );
  });
}
