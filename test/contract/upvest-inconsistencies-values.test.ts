/** Required, optional and ignored fields and values of webhooks. */
import { randomUUID } from 'node:crypto';
import {
  newEvent,
  newExecution,
  newOrder,
  newPortfolioOrder,
  newRebalancingOrder,
  type Fields,
} from './broker-objects';
import { readChild, readExecution, readParent } from './reading';
import { startEdge, type Edge } from './webhook-edge';

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge.stop());
beforeEach(() => {
  edge.reset();
});

const LONGEST = `${'9'.repeat(63)}.123456789012345678901234567`;

describe('references/upvest.md#known-inconsistencies', () => {
  it('no. 8: `client_reference` is read, and `""` counts as absent', async () => {
    expect(await readParent(edge, { client_reference: 'plan-7' })).toMatchObject({
      clientReference: 'plan-7',
    });
    expect(await readParent(edge, { client_reference: '' })).not.toHaveProperty('clientReference');
  });

  it('no. 16: unknown fields change nothing', async () => {
    const extra = {
      of_tomorrow: { a: [1] },
      venue_group: 'x',
      _links: null,
      fee_configuration: [{ any: 1 }],
    };
    const parentId = randomUUID();
    const order = newOrder(parentId, {
      status: 'FILLED',
      executions: [newExecution('', { status: 'FILLED' })],
    });
    const objects: [string, Fields][] = [
      ['PORTFOLIO_ORDER.NEW', newPortfolioOrder({ id: parentId, status: 'NEW', orders: [order] })],
      ['ORDER.FILLED', order],
      ['EXECUTION.FILLED', newExecution(order.id, { status: 'FILLED' })],
      ['ORDER_CANCELLATION.REJECTED', { order_id: order.id, status: 'REJECTED' }],
      [
        'REBALANCING_EXECUTION_ORDER.NEW',
        newRebalancingOrder({ status: 'NEW', portfolio_order_id: parentId }),
      ],
    ];
    for (const [type, object] of objects) {
      const plain = newEvent(type, object);
      const { observation } = await edge.observe(plain);
      const drifted = { ...plain, ...extra, object: { ...object, ...extra } };
      expect((await edge.observe(drifted)).observation).toStrictEqual(observation);
    }
  });

  it.each(['AUTO_INVESTMENT', 'FUTURE_VALUE'])('no. 16: the flow %s is kept', async (initiation_flow) => {
    expect(await readParent(edge, { initiation_flow })).toMatchObject({ initiationFlow: initiation_flow });
  });

  it.each(['GBP', 'USD', 'CHF'])('no. 16: the currency %s is kept', async (currency) => {
    expect(await readParent(edge, { currency })).toMatchObject({ currency });
    expect(await readChild(edge, { currency })).toMatchObject({ currency });
    expect(await readExecution(edge, { currency })).toMatchObject({ currency });
  });

  it('no. 16: unknown values are kept', async () => {
    const unknownValue = 'FUTURE_VALUE';
    expect(await readParent(edge, { type: unknownValue, cancellation_reason: unknownValue })).toMatchObject({
      type: unknownValue,
      cancellationReason: unknownValue,
    });
    expect(await readChild(edge, { side: unknownValue, cancellation_reason: unknownValue })).toMatchObject({
      side: unknownValue,
      cancellationReason: unknownValue,
    });
    expect(await readExecution(edge, { side: unknownValue })).toMatchObject({ side: unknownValue });
  });

  it('no. 16: an unknown status is kept as text, reported, and the status stays', async () => {
    const unknownValue = 'PARTLY_FILLED';
    const id = randomUUID();
    const order = newOrder(id, { status: unknownValue });
    const execution = newExecution(order.id, { status: unknownValue });
    await edge.observe(newEvent('PORTFOLIO_ORDER.NEW', newPortfolioOrder({ id, status: 'NEW' })));
    await edge.observe(
      newEvent(`PORTFOLIO_ORDER.${unknownValue}`, newPortfolioOrder({ id, status: unknownValue })),
    );
    await edge.observe(newEvent(`ORDER.${unknownValue}`, order));
    await edge.observe(newEvent(`EXECUTION.${unknownValue}`, execution));
    expect(edge.record(id)).toMatchObject({ status: 'NEW', unknownStatuses: [unknownValue] });
    expect(edge.record(id).orders).toMatchObject([
      { unknownStatuses: [unknownValue], executions: [{ unknownStatuses: [unknownValue] }] },
    ]);
    expect(edge.record(id).orders[0]).not.toHaveProperty('status');
    expect(edge.findings(id)).toEqual([
      `UNKNOWN_STATUS portfolio-order ${id}`,
      `UNKNOWN_STATUS order ${order.id}`,
      `UNKNOWN_STATUS execution ${execution.id}`,
    ]);
    // Later events finish the order.
    await edge.observe(newEvent('PORTFOLIO_ORDER.FILLED', newPortfolioOrder({ id, status: 'FILLED' })));
    await edge.observe(newEvent('ORDER.FILLED', { ...order, status: 'FILLED' }));
    await edge.observe(newEvent('EXECUTION.SETTLED', { ...execution, status: 'SETTLED' }));
    expect(edge.record(id)).toMatchObject({
      status: 'FILLED',
      orders: [{ status: 'FILLED', executions: [{ status: 'SETTLED' }] }],
    });
  });

  it('no. 17: a portfolio order needs its `id` and `status`, and so does each child that it lists', async () => {
    const id = randomUUID();
    const minimal = { id, status: 'NEW', orders: [{ id: 'c', status: 'NEW' }] };
    const { portfolioOrderId, observation } = await edge.observe(newEvent('PORTFOLIO_ORDER.NEW', minimal));
    expect(portfolioOrderId).toBe(id);
    expect(observation).toMatchObject({ id, status: 'NEW', orders: [{ id: 'c', status: 'NEW' }] });
  });

  it('no. 17: an order needs its `id` and `status`', async () => {
    const parentId = randomUUID();
    const child = { id: randomUUID(), side: 'BUY', status: 'NEW' };
    await edge.post([
      newEvent('PORTFOLIO_ORDER.NEW', newPortfolioOrder({ id: parentId, status: 'NEW', orders: [child] })),
    ]);
    const minimal = { id: child.id, status: 'FILLED' };
    const { portfolioOrderId, observation } = await edge.observe(newEvent('ORDER.FILLED', minimal));
    expect(portfolioOrderId).toBe(parentId);
    expect(observation).toMatchObject({ id: child.id, status: 'FILLED', executions: [] });
  });

  it.each(['side', 'transaction_time', 'taxes', 'venue_id', 'settlement_date'])(
    'no. 17: an execution does not need its `%s`',
    async (field) => {
      expect(await readExecution(edge, { [field]: undefined })).toMatchObject({ status: 'FILLED' });
      expect(await readExecution(edge, { [field]: null })).toMatchObject({ status: 'FILLED' });
    },
  );

  it.each(['id', 'order_id', 'status'])('no. 17: an execution needs its `%s`', async (field) => {
    const event = newEvent('EXECUTION.FILLED', newExecution('o', { status: 'FILLED', [field]: undefined }));
    expect((await edge.post([event])).status).toBe(200);
    expect(edge.delivered).toEqual([]);
    expect(edge.parked).toMatchObject([{ reason: 'UNREADABLE', raw: JSON.stringify(event) }]);
  });

  // Intentionally stricter than the rule: amounts of an execution cannot be guessed, so the event is parked.
  it.each(['cash_amount', 'share_quantity', 'price', 'currency'])(
    'no. 17: an execution without its `%s` is parked, not lost and not guessed',
    async (field) => {
      for (const missing of [undefined, null, '']) {
        edge.reset();
        const execution = newExecution('o', { status: 'FILLED', [field]: missing });
        const event = newEvent('EXECUTION.FILLED', execution);
        expect((await edge.post([event])).status).toBe(200);
        expect(edge.delivered).toEqual([]);
        expect(edge.parked).toMatchObject([{ reason: 'UNREADABLE', raw: JSON.stringify(event) }]);
        expect(edge.parked[0]?.detail).toContain(field);
      }
    },
  );

  it.each([
    ['cash_amount', 'cashAmount'],
    ['currency', 'currency'],
    ['type', 'type'],
    ['account_id', 'accountId'],
    ['allocation_id', 'allocationId'],
    ['initiation_flow', 'initiationFlow'],
    ['created_at', 'createdAt'],
    ['updated_at', 'updatedAt'],
    ['cancellation_reason', 'cancellationReason'],
    ['cancellation_details', 'cancellationDetails'],
  ])('no. 18: a portfolio order’s `%s` of `""` is absent', async (field, name) => {
    const blank = await readParent(edge, { [field]: '' });
    expect(blank).not.toHaveProperty(name);
    expect(blank).not.toHaveProperty('unreadableTimes');
  });

  it.each([undefined, null, '', '-0.99', 0.99, 'free'])(
    'no. 17: an order does not need its `fee`: %j is absent, and named if it cannot be read',
    async (fee) => {
      const read = await readChild(edge, { fee });
      const isSent = fee !== undefined && fee !== null && fee !== '';
      if (isSent) expect(read).toHaveProperty('unreadableAmounts', ['fee']);
      else expect(read).not.toHaveProperty('unreadableAmounts');
      expect(read).toMatchObject({ status: 'NEW', cashAmount: '150.00' });
      expect(read).not.toHaveProperty('fee');
      expect(edge.parked).toEqual([]);
    },
  );

  it('no. 18: blank fields of an order are absent, including `limit_price`', async () => {
    const blanks = Object.fromEntries(
      ['cash_amount', 'quantity', 'limit_price', 'stop_price', 'expiry_date', 'fee', 'side', 'currency']
        .concat(['instrument_id', 'cancellation_reason', 'created_at', 'updated_at'])
        .map((field) => [field, '']),
    );
    const { source, ...read } = await readChild(edge, blanks);
    expect(source).toMatchObject({ kind: 'webhook' });
    const always = ['announced', 'at', 'executions', 'id', 'status', 'subject'];
    expect(Object.keys(read).sort()).toEqual(always);
  });

  it('no. 18: blank fields of an execution are absent, and a rebalancing order’s `portfolio_order_id`', async () => {
    const taxes = [{ type: 'TOTAL', amount: '' }];
    const blank = await readExecution(edge, { taxes, settlement_date: '', transaction_time: '', side: '' });
    expect(Object.keys(blank).sort()).toEqual(
      ['cashAmount', 'currency', 'id', 'price', 'shareQuantity', 'status'].sort(),
    );
    const step = newRebalancingOrder({ status: 'CANCELLED', portfolio_order_id: '' });
    await edge.post([newEvent('REBALANCING_EXECUTION_ORDER.CANCELLED', step)]);
    expect(edge.parked).toEqual([]);
  });

  it.each([
    ['no decimals', '250', '250'],
    ['one decimal', '250.5', '250.5'],
    ['two decimals', '250.50', '250.50'],
    ['27 decimals', '1.123456789012345678901234567', '1.123456789012345678901234567'],
    ['63 digits and 27 decimals', LONGEST, LONGEST],
    ['no integer part', '.5', '0.5'],
    ['leading zeros', '007.10', '007.10'],
  ])('no. 19: an amount with %s is kept to the digit', async (_what, sent, kept) => {
    expect(await readParent(edge, { cash_amount: sent })).toMatchObject({ cashAmount: kept });
    expect(await readChild(edge, { cash_amount: sent })).toMatchObject({ cashAmount: kept });
    expect(await readChild(edge, { quantity: sent })).toMatchObject({ quantity: kept });
    expect(await readChild(edge, { fee: sent })).toMatchObject({ fee: kept });
    expect(await readExecution(edge, { cash_amount: sent, share_quantity: sent, price: sent })).toMatchObject(
      { cashAmount: kept, shareQuantity: kept, price: kept },
    );
  });

  it.each(['1e3', '-5', '+5', '1,00', '0x10', 'NaN', '1.', `1.${'1'.repeat(28)}`])(
    'no. 19: an event with the invalid amount %s is parked',
    async (amount) => {
      const event = newEvent('ORDER.NEW', newOrder(randomUUID(), { status: 'NEW', cash_amount: amount }));
      expect((await edge.post([event])).status).toBe(200);
      expect(edge.delivered).toEqual([]);
      expect(edge.parked).toMatchObject([{ reason: 'UNREADABLE', raw: JSON.stringify(event) }]);
    },
  );

  it('no. 19: prices are not checked: a SELL above the BUY, an amount other than price times quantity', async () => {
    const parentId = randomUUID();
    const [buy, sell] = ['BUY', 'SELL'].map((side) => newOrder(parentId, { status: 'FILLED', side }));
    await edge.post([newEvent('ORDER.FILLED', buy ?? {}), newEvent('ORDER.FILLED', sell ?? {})]);
    const bought = newExecution(String(buy?.id), { status: 'FILLED', side: 'BUY', price: '99.5' });
    const sold = newExecution(String(sell?.id), { status: 'FILLED', side: 'SELL', price: '101.5' });
    await edge.post([newEvent('EXECUTION.FILLED', bought), newEvent('EXECUTION.FILLED', sold)]);
    expect(edge.record(parentId).orders.flatMap(({ executions }) => executions)).toMatchObject([
      { price: '99.5', cashAmount: '150.00' },
      { price: '101.5', cashAmount: '150.00' },
    ]);
    expect(edge.findings(parentId)).toEqual([]);
  });

  it('no. 20: a settlement date in the past does not settle an execution', async () => {
    const parentId = randomUUID();
    const order = newOrder(parentId, { status: 'FILLED' });
    const execution = newExecution(order.id, { status: 'FILLED', settlement_date: '2021-07-23' });
    await edge.post([
      newEvent('PORTFOLIO_ORDER.FILLED', newPortfolioOrder({ id: parentId, status: 'FILLED' })),
      newEvent('ORDER.FILLED', order),
      newEvent('EXECUTION.FILLED', execution),
    ]);
    const [child] = edge.record(parentId).orders;
    expect(child?.executions).toMatchObject([{ status: 'FILLED', settlementDate: '2021-07-23' }]);
    expect(edge.record(parentId).status).toBe('FILLED');
    await edge.post([newEvent('EXECUTION.SETTLED', { ...execution, status: 'SETTLED' })]);
    expect(edge.record(parentId).orders[0]?.executions).toMatchObject([{ status: 'SETTLED' }]);
  });

  it('no. 21: `ACOUNT_IS_EMPTY` is kept unchanged like any reason', async () => {
    const portfolio_order_id = randomUUID();
    for (const cancellation_reason of ['ACOUNT_IS_EMPTY', 'ACCOUNT_IS_EMPTY', 'INVALID_ACCOUNT_STATUS']) {
      const step = newRebalancingOrder({ status: 'CANCELLED', portfolio_order_id, cancellation_reason });
      const event = newEvent('REBALANCING_EXECUTION_ORDER.CANCELLED', step);
      expect((await edge.observe(event)).observation).toMatchObject({
        status: 'CANCELLED',
        cancellationReason: cancellation_reason,
      });
    }
  });

  it('no. 21: COMPLETED is not a status: it neither ends nor cancels an order', async () => {
    const portfolio_order_id = randomUUID();
    const event = newEvent(
      'REBALANCING_EXECUTION_ORDER.COMPLETED',
      newRebalancingOrder({ status: 'COMPLETED', portfolio_order_id }),
    );
    expect((await edge.observe(event)).observation).toMatchObject({ status: 'COMPLETED' });
    expect(edge.record(portfolio_order_id)).toMatchObject({
      reached: {},
      rebalancing: [{ statuses: ['COMPLETED'] }],
    });
    const unrouted = newRebalancingOrder({ status: 'COMPLETED' });
    await edge.post([newEvent('REBALANCING_EXECUTION_ORDER.COMPLETED', unrouted)]);
    expect(edge.parked).toMatchObject([{ reason: 'UNROUTED' }]);
  });
});
