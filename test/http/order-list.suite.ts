/** The list of orders: every order once, those without an order at Upvest among them, and nothing of other queries. */
import { nextCursor } from '../../src/app/cursor';
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import { runningOrder } from '../../demo/scene/orders';
import type { OrderSummary } from '../../src/app/ports/order-list';
import { call, finished, newRequest, show, submit, until, type Answer } from '../support/stack';
import { heldOrder, operate, placeUnanswered, terminate } from './operations';
import { expectFields } from './problem';

export function orderListSuite(running: () => Stack): void {
  let stack: Stack;
  const accountId = randomUUID();
  /** By what has become of them. */
  const references = { finished: '', refused: '', unknown: '', notPlaced: '', stopped: '' };
  const ids = { finished: '', held: '', reopened: '', interrupted: '', forsaken: '' };

  beforeAll(async () => {
    stack = running();
    references.finished = await submit(stack, newRequest({ accountId }));
    ids.finished = (await finished(stack, references.finished)).order.portfolioOrderId;
    const reopened = await submit(stack);
    ids.reopened = (await finished(stack, reopened)).order.portfolioOrderId;
    expect((await operate(stack, reopened, 'reopen')).status).toBe(200);
    stack.upvest.control.failCalls({ method: 'POST', path: '/portfolios/orders', outcome: 400 });
    references.refused = await submit(stack);
    await until('the refusal', async () => (await show(stack, references.refused)).phase === 'REFUSED');
    stack.upvest.control.clearFaults();
    references.unknown = await placeUnanswered(stack);
    references.notPlaced = await placeUnanswered(stack);
    await operate(stack, references.notPlaced, 'identify');
    const order = newRequest();
    stack.upvest.control.configureAccount(order.accountId, { placementAnswer: 403 });
    references.stopped = await submit(stack, order);
    ids.held = await heldOrder(stack);
    ids.interrupted = await heldOrder(stack);
    await rowOf(ids.interrupted, ({ attention }) => attention.includes('FIRST_SEEN_FINISHED'));
    await terminate(stack, ids.interrupted);
    ids.forsaken = (await runningOrder(stack, 'forsaken')).portfolioOrderId;
    await rowOf(ids.forsaken, ({ status }) => status === 'PROCESSING');
    await terminate(stack, ids.forsaken);
    await until('the list to have all of it', async () => {
      const { orders } = await page('limit=100');
      return (
        orders.length === 9 &&
        orders.filter((one) => one.interrupted).length === 2 &&
        orders.some(({ attention }) => attention.includes('PLACEMENT_STOPPED')) &&
        orders.some(({ attention }) => attention.includes('REOPENED')) &&
        orders.some(isNotPlaced)
      );
    });
  });

  interface Page {
    orders: OrderSummary[];
    nextCursor?: string;
  }

  /** An order is saved some seconds after its last report, and not at all once its workflow was terminated. */
  async function rowOf(id: string, isThere: (order: OrderSummary) => boolean): Promise<void> {
    await until(`the row of ${id}`, async () => {
      const { orders } = await page(`q=${id}`);
      return orders.some(isThere);
    });
  }

  const isNotPlaced = ({ phase }: OrderSummary): boolean => phase === 'NOT_PLACED';

  function list(query: string): Promise<Answer> {
    return call(stack, 'GET', `/portfolio-orders?${query}`, { token: stack.tokens.read });
  }

  async function page(query: string): Promise<Page> {
    const { status, body } = await list(query);
    expect(status).toBe(200);
    return body as Page;
  }

  /** What the orders of a page are called here. */
  async function named(query: string): Promise<string[]> {
    const all = Object.entries({ ...references, ...ids });
    const { orders } = await page(query);
    return orders
      .map(({ portfolioOrderId, reference }) => {
        const [name] =
          all.find(([, id]) => id === portfolioOrderId) ?? all.find(([, id]) => id === reference) ?? [];
        return name ?? 'another order';
      })
      .sort();
  }

  it('has every order once, the open ones first, each kind newest first', async () => {
    const { orders, nextCursor } = await page('limit=100');
    expect(nextCursor).toBeUndefined();
    expect(await named('limit=100')).toEqual(
      [
        'finished',
        'refused',
        'unknown',
        'notPlaced',
        'stopped',
        'held',
        'reopened',
        'interrupted',
        'forsaken',
      ].sort(),
    );
    const open = orders.filter(({ closedAt }) => closedAt === undefined);
    expect(orders.slice(0, open.length)).toEqual(open);
    expect(open.map(({ openedAt }) => openedAt)).toEqual(
      open
        .map(({ openedAt }) => openedAt)
        .sort()
        .reverse(),
    );
    const closed = orders.slice(open.length).map(({ closedAt = '' }) => closedAt);
    expect(closed).toEqual([...closed].sort().reverse());
  });

  it('tells of each what the order itself tells', async () => {
    const { order, placement } = await show(stack, references.finished);
    const { orders } = await page(`reference=${references.finished}`);
    // Whether it ever waited for its settlement depends on how fast it was settled.
    const [{ settlementDue, ...summary } = {}] = orders;
    if (settlementDue !== undefined) expect(settlementDue).toMatch(/^\d{4}-.*Z$/);
    const { orders: children, final, executions, settled, cancelled } = order?.progress ?? {};
    const time = expect.stringMatching(/^\d{4}-.*Z$/) as string;
    const amount = expect.stringMatching(/^\d+(\.\d+)?$/) as string;
    expect([summary]).toEqual([
      {
        reference: references.finished,
        portfolioOrderId: ids.finished,
        phase: 'FINISHED',
        status: order?.status,
        type: order?.type,
        accountId,
        cashAmount: placement?.request.cashAmount,
        currency: placement?.request.currency,
        attention: [],
        waitingFor: order?.waitingFor,
        progress: { orders: children, final, executions, settled, cancelled },
        totals: { executed: amount, settled: amount, fees: amount, taxes: amount },
        openedAt: time,
        changedAt: time,
        settledAt: time,
        closedAt: time,
      },
    ]);
  });

  it('shows the current state of a reopened order, not the state at its first end', async () => {
    const { orders } = await page('limit=100');
    const reopened = orders.filter(({ portfolioOrderId }) => portfolioOrderId === ids.reopened);
    expect(reopened).toMatchObject([{ phase: 'TRACKED', attention: ['REOPENED'] }]);
    expect(await named('phase=FINISHED')).toEqual(['finished']);
  });

  it('says why a placement has no order, and that a terminated order was interrupted', async () => {
    const { orders } = await page('limit=100');
    const phaseOf = (name: string) => orders.find(({ reference }) => reference === name)?.phase;
    expect(phaseOf(references.unknown)).toBe('UNKNOWN');
    expect(phaseOf(references.refused)).toBe('REFUSED');
    expect(phaseOf(references.notPlaced)).toBe('NOT_PLACED');
    const interrupted = orders.find(({ portfolioOrderId }) => portfolioOrderId === ids.interrupted);
    expect(interrupted).toMatchObject({ phase: 'TRACKED', interrupted: true });
  });

  it.each([
    ['attention=any', ['forsaken', 'held', 'interrupted', 'reopened', 'stopped', 'unknown']],
    ['attention=PLACEMENT_STOPPED', ['stopped']],
    ['attention=any&open=false', []],
    ['attention=INTERRUPTED', ['forsaken', 'interrupted']],
    ['attention=PLACEMENT_UNKNOWN', ['unknown']],
    ['attention=FIRST_SEEN_FINISHED', ['held', 'interrupted']],
    ['attention=NEW_OVERDUE', []],
    ['phase=UNKNOWN', ['unknown']],
    ['phase=PLACING', ['stopped']],
    ['phase=REFUSED', ['notPlaced', 'refused']],
    ['phase=TRACKED', ['forsaken', 'held', 'interrupted', 'reopened']],
    ['open=true', ['forsaken', 'held', 'interrupted', 'reopened', 'stopped', 'unknown']],
    ['open=false', ['finished', 'notPlaced', 'refused']],
    ['status=SETTLED&open=false', ['finished']],
    ['status=PROCESSING', ['forsaken']],
    ['type=SELL', []],
    ['type=BUY&phase=FINISHED', ['finished']],
    [`accountId=${accountId}`, ['finished']],
    [`accountId=${accountId.toUpperCase()}`, ['finished']],
    [`accountId=${randomUUID()}`, []],
  ])('with %s has just those that meet it (14.57)', async (query, expected) => {
    expect(await named(query)).toEqual(expected);
  });

  describe('in pages', () => {
    it('has every order on exactly one of them', async () => {
      const seen: string[] = [];
      let pages = 0;
      for (let cursor = ''; ;) {
        const { orders, nextCursor } = await page(`limit=2${cursor}`);
        expect(orders.length).toBeLessThanOrEqual(2);
        seen.push(...orders.map(({ portfolioOrderId, reference }) => portfolioOrderId ?? reference ?? ''));
        pages += 1;
        if (nextCursor === undefined) break;
        cursor = `&cursor=${nextCursor}`;
      }
      expect(pages).toBeGreaterThan(3);
      expect(seen).toHaveLength(9);
      expect(new Set(seen).size).toBe(9);
    });

    it.each(['AAAA', Buffer.alloc(40, 9).toString('base64url')])(
      'refuses the forged position %s, although its digest is right (14.37)',
      async (position) => {
        const { nextCursor: forged = '' } = nextCursor(position, {});
        expectFields(await list(`cursor=${forged}`), ['cursor']);
        const events = nextCursor(position, { list: 'parked-events' }).nextCursor ?? '';
        const { read: token } = stack.tokens;
        expectFields(await call(stack, 'GET', `/parked-events?cursor=${events}`, { token }), ['cursor']);
      },
    );

    it.each(['x', 'AAAAAAAA', 'not a cursor', "';--", 'a'.repeat(4001)])(
      'refuses the cursor %p that no page has named',
      async (cursor) => {
        expectFields(await list(`cursor=${encodeURIComponent(cursor)}`), ['cursor']);
      },
    );

    it('refuses one whose end was changed, and one of other filters', async () => {
      const { nextCursor = '' } = await page('limit=1');
      expectFields(await list(`limit=1&cursor=${nextCursor.slice(0, 8)}AAAA`), ['cursor']);
      expectFields(await list(`limit=1&open=true&cursor=${nextCursor}`), ['cursor']);
      expectFields(
        await call(stack, 'GET', `/parked-events?cursor=${nextCursor}`, { token: stack.tokens.read }),
        ['cursor'],
      );
    });
  });

  describe('what is asked for', () => {
    it.each([
      ['status', "SETTLED' OR WorkflowType='parkedEvent"],
      ['status', 'settled'],
      ['status', ''],
      ['type', "BUY'"],
      ['type', 'BUY\\'],
      ['accountId', `${accountId}' OR '1'='1`],
      ['accountId', 'unknown'],
      ['reference', "x' OR 'a'='a"],
      ['reference', 'x"'],
      ['attention', 'any OR 1'],
      ['attention', '%'],
      ['phase', 'NOT_PLACED'],
      ['open', 'yes'],
      ['limit', '0'],
      ['limit', '101'],
      ['limit', '1e1'],
      ['limit', ''],
    ])('cannot be %s=%s', async (field, value) => {
      expectFields(await list(`${field}=${encodeURIComponent(value)}`), [field]);
    });

    it('cannot be an unknown filter, or the same filter twice', async () => {
      expectFields(await list('staus=SETTLED'), ['staus']);
      expectFields(await list('status=SETTLED&status=NEW'), ['status']);
      // A typo would find nothing, as if there were no such order (14.23).
      expectFields(await list('status=SETLED&attention=FOO&type=BYU'), ['status', 'attention', 'type']);
    });

    it('takes no role but any token', async () => {
      for (const token of Object.values(stack.tokens))
        expect((await call(stack, 'GET', '/portfolio-orders?limit=1', { token })).status).toBe(200);
      expect((await call(stack, 'GET', '/portfolio-orders')).status).toBe(401);
    });
  });
}
