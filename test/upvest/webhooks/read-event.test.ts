import {
  accountId,
  eventId,
  execution,
  order,
  orderId,
  portfolioOrder,
  portfolioOrderId,
  read,
  receivedAt,
  source,
} from './event-fixture';

describe('a portfolio order', () => {
  test('becomes an observation without personal data', () => {
    expect(read('PORTFOLIO_ORDER.PROCESSING', portfolioOrder)).toStrictEqual({
      kind: 'observation',
      eventId,
      type: 'PORTFOLIO_ORDER.PROCESSING',
      route: { portfolioOrderId },
      observation: {
        subject: 'portfolio-order',
        source,
        at: '2026-01-02T09:00:01.250Z',
        announced: 'PROCESSING',
        id: portfolioOrderId,
        status: 'PROCESSING',
        accountId,
        cashAmount: '250.00',
        currency: 'EUR',
        type: 'BUY',
        postTax: false,
        initiationFlow: 'API',
        createdAt: '2026-01-02T09:00:00.000Z',
        updatedAt: '2026-01-02T09:00:01.200Z',
        orders: [{ id: orderId, side: 'BUY', status: 'PROCESSING' }],
      },
    });
  });

  test('needs no more than its id and its status', () => {
    expect(read('PORTFOLIO_ORDER.NEW', { id: 'p', status: 'NEW' })).toMatchObject({
      route: { portfolioOrderId: 'p' },
      observation: { id: 'p', status: 'NEW', orders: [] },
    });
  });

  test.each([
    [
      'the type lags behind the object (no. 2)',
      'PORTFOLIO_ORDER.NEW',
      {},
      { announced: 'NEW', status: 'PROCESSING' },
    ],
    [
      'children with state instead of status (no. 1)',
      'PORTFOLIO_ORDER.NEW',
      { orders: [{ id: 'o', side: 'BUY', state: 'NEW' }] },
      { orders: [{ id: 'o', side: 'BUY', status: 'NEW' }] },
    ],
    [
      'status wins over state',
      'PORTFOLIO_ORDER.NEW',
      { orders: [{ id: 'o', side: 'BUY', status: 'FILLED', state: 'NEW' }] },
      { orders: [{ id: 'o', side: 'BUY', status: 'FILLED' }] },
    ],
    [
      'unknown status (no. 16)',
      'PORTFOLIO_ORDER.PARTLY_FILLED',
      { status: 'PARTLY_FILLED' },
      { status: 'PARTLY_FILLED', announced: 'PARTLY_FILLED' },
    ],
    [
      'unknown flow and currency',
      'PORTFOLIO_ORDER.NEW',
      { initiation_flow: 'MOON_PHASE', currency: 'CHF' },
      { initiationFlow: 'MOON_PHASE', currency: 'CHF' },
    ],
    [
      '27 decimals',
      'PORTFOLIO_ORDER.NEW',
      { cash_amount: '1.123456789012345678901234567' },
      { cashAmount: '1.123456789012345678901234567' },
    ],
    ['no integer part', 'PORTFOLIO_ORDER.NEW', { cash_amount: '.5' }, { cashAmount: '0.5' }],
    [
      'cancellation',
      'PORTFOLIO_ORDER.CANCELLED',
      { status: 'CANCELLED', cancellation_reason: 'SELL_LIMIT_EXCEEDED', cancellation_details: 'too much' },
      { cancellationReason: 'SELL_LIMIT_EXCEEDED', cancellationDetails: 'too much' },
    ],
    [
      'a text that no database takes (14.38)',
      'PORTFOLIO_ORDER.CANCELLED',
      { status: 'CANCELLED', cancellation_details: 'too\u0000 much \ud83d' },
      { cancellationDetails: 'too� much �' },
    ],
    [
      'a reference of its own',
      'PORTFOLIO_ORDER.NEW',
      { client_reference: 'plan-1', allocation_id: 'al' },
      { clientReference: 'plan-1', allocationId: 'al' },
    ],
  ])('%s', (_what, type, changes, expected) => {
    expect(read(type, { ...portfolioOrder, ...changes })).toMatchObject({
      kind: 'observation',
      observation: expected,
    });
  });

  test.each([
    'cash_amount',
    'currency',
    'type',
    'post_tax',
    'initiation_flow',
    'client_reference',
    'cancellation_reason',
  ])('%s blank, null or missing is absent', (field) => {
    const name = field.replace(/_(.)/g, (_match, letter: string) => letter.toUpperCase());
    const blanks = field === 'post_tax' ? [null, undefined] : ['', null, undefined];
    for (const blank of blanks) {
      const result = read('PORTFOLIO_ORDER.NEW', { ...portfolioOrder, [field]: blank });
      expect(result).toMatchObject({ kind: 'observation' });
      expect('observation' in result && result.observation).not.toHaveProperty(name);
    }
  });
});

describe('an order', () => {
  test('becomes an observation with its executions', () => {
    const result = read('ORDER.FILLED', order);
    const origin = {
      flow: 'PORTFOLIO',
      clientReference: portfolioOrderId,
      createdAt: '2026-01-02T09:00:00.700Z',
    };
    expect(result).toMatchObject({ kind: 'observation', route: { orderId, order: origin } });
    expect('observation' in result && result.observation).toStrictEqual({
      subject: 'order',
      source,
      at: '2026-01-02T09:00:01.250Z',
      announced: 'FILLED',
      id: orderId,
      status: 'FILLED',
      side: 'BUY',
      instrumentId: 'IE00B3XXRP09',
      cashAmount: '150.00',
      currency: 'EUR',
      fee: '0.0',
      createdAt: '2026-01-02T09:00:00.700Z',
      updatedAt: '2026-01-02T09:00:01.420Z',
      executions: [
        {
          id: execution.id,
          status: 'FILLED',
          side: 'BUY',
          cashAmount: '150.00',
          currency: 'EUR',
          shareQuantity: '1.3271',
          price: '113.03',
          taxes: '0',
          transactionTime: '2026-01-02T09:00:01.380Z',
        },
      ],
    });
  });

  test.each([
    ['nominal', { cash_amount: '10', quantity: '0' }, { cashAmount: '10' }],
    ['in units', { cash_amount: '0', quantity: '1.5' }, { quantity: '1.5' }],
    ['in units, zero with decimals', { cash_amount: '0.00', quantity: '100' }, { quantity: '100' }],
    ['with blanks', { cash_amount: '', quantity: '' }, {}],
  ])('%s: what is zero or blank is absent', (_what, amounts, expected) => {
    const { observation } = read('ORDER.NEW', { ...order, ...amounts }) as unknown as {
      observation: Record<string, unknown>;
    };
    const { cashAmount, quantity } = observation;
    expect({
      ...(cashAmount !== undefined && { cashAmount }),
      ...(quantity !== undefined && { quantity }),
    }).toEqual(expected);
  });

  const withFee = (fee: unknown): object => {
    const result = read('ORDER.FILLED', { ...order, fee });
    expect(result).toMatchObject({ kind: 'observation', observation: { id: orderId, status: 'FILLED' } });
    return 'observation' in result ? result.observation : {};
  };

  test.each([
    ['0.99', '0.99'],
    ['0', '0'],
    ['.5', '0.5'],
    ['1.123456789012345678901234567', '1.123456789012345678901234567'],
  ])('has the fee %s, read as %s', (sent, fee) => {
    expect(withFee(sent)).toHaveProperty('fee', fee);
  });

  const tooLong = `0.${'1'.repeat(28)}`;
  test.each<[unknown]>([[undefined], [null], [''], [' ']])('with the fee %j has none', (blank) => {
    const { fee: _, ...others } = withFee('0.99') as { fee: string };
    expect(withFee(blank)).toStrictEqual(others);
  });

  test.each<[unknown]>(
    ['-0.99', '+1', '1,00', '1e3', 'NaN', 'free', tooLong]
      .map((odd): [unknown] => [odd])
      .concat([[0.99], [0], [-1], [true], [{}], [[]], [['0.99']], [{ amount: '0.99' }]]),
  )('with the fee %j has none, says so, and has everything else', (odd) => {
    const { fee, ...others } = withFee('0.99') as { fee: string };
    expect(fee).toBe('0.99');
    expect(withFee(odd)).toStrictEqual({ ...others, unreadableAmounts: ['fee'] });
  });

  test.each([
    ['PORTFOLIO', portfolioOrderId, { flow: 'PORTFOLIO', clientReference: portfolioOrderId }],
    ['PORTFOLIO', '', { flow: 'PORTFOLIO' }],
    ['API', 'not a uuid', { flow: 'API', clientReference: 'not a uuid' }],
    ['', undefined, {}],
    [null, null, {}],
  ])('of flow %p with reference %p says so', (flow, reference, origin) => {
    const result = read('ORDER.NEW', {
      ...order,
      created_at: undefined,
      initiation_flow: flow,
      client_reference: reference,
    });
    expect(result).toMatchObject({ kind: 'observation' });
    expect('route' in result && result.route).toStrictEqual({ orderId, order: origin });
  });
});

test('an execution is routed by its order', () => {
  expect(read('EXECUTION.SETTLED', { ...execution, status: 'SETTLED' })).toStrictEqual({
    kind: 'observation',
    eventId,
    type: 'EXECUTION.SETTLED',
    route: { orderId },
    observation: {
      subject: 'execution',
      source,
      at: '2026-01-02T09:00:01.250Z',
      announced: 'SETTLED',
      status: 'SETTLED',
      orderId,
      execution: {
        id: execution.id,
        status: 'SETTLED',
        side: 'BUY',
        cashAmount: '150.00',
        currency: 'EUR',
        shareQuantity: '1.3271',
        price: '113.03',
        taxes: '0',
        transactionTime: '2026-01-02T09:00:01.380Z',
      },
    },
  });
});

test('a refused cancellation has no id of its own', () => {
  expect(
    read('ORDER_CANCELLATION.REJECTED', { order_id: orderId, status: 'REJECTED', reason: 'TOO_LATE' }),
  ).toStrictEqual({
    kind: 'observation',
    eventId,
    type: 'ORDER_CANCELLATION.REJECTED',
    route: { orderId },
    observation: {
      subject: 'order-cancellation',
      source,
      at: '2026-01-02T09:00:01.250Z',
      announced: 'REJECTED',
      status: 'REJECTED',
      orderId,
      reason: 'TOO_LATE',
    },
  });
});

test.each([
  [null, { rebalancingOrderId: 'r-1', executionId: 'x-1', status: 'CANCELLED' }],
  ['', { rebalancingOrderId: 'r-1', executionId: 'x-1', status: 'CANCELLED' }],
  [portfolioOrderId, { portfolioOrderId }],
])('a rebalancing execution order with portfolio order %p', (id, route) => {
  const object = {
    id: 'r-1',
    execution_id: 'x-1',
    account_id: accountId,
    portfolio_order_id: id,
    status: 'CANCELLED',
    cancellation_reason: 'ACOUNT_IS_EMPTY',
  };
  expect(read('REBALANCING_EXECUTION_ORDER.CANCELLED', object)).toStrictEqual({
    kind: 'observation',
    eventId,
    type: 'REBALANCING_EXECUTION_ORDER.CANCELLED',
    route,
    observation: {
      subject: 'rebalancing-execution-order',
      source,
      at: '2026-01-02T09:00:01.250Z',
      announced: 'CANCELLED',
      status: 'CANCELLED',
      id: 'r-1',
      executionId: 'x-1',
      cancellationReason: 'ACOUNT_IS_EMPTY',
    },
  });
});

describe('when it happened', () => {
  test.each([
    ['no fraction', '2026-01-02T09:00:01Z', '2026-01-02T09:00:01.000Z'],
    ['two digits', '2026-01-02T09:00:01.25Z', '2026-01-02T09:00:01.250Z'],
    ['nine digits', '2026-01-02T09:00:01.123456789Z', '2026-01-02T09:00:01.123Z'],
    ['an offset', '2026-01-02T10:00:01.250+01:00', '2026-01-02T09:00:01.250Z'],
    ['no zone', '2026-01-02T09:00:01.250', '2026-01-02T09:00:01.250Z'],
    ['missing: the time of the object', undefined, '2026-01-02T09:00:01.200Z'],
    ['a lost T (no. 3): the time of the object', '2026-01-0209:00:01.250Z', '2026-01-02T09:00:01.200Z'],
    ['no time: the time of the object', 'yesterday', '2026-01-02T09:00:01.200Z'],
    ['no day: the time of the object', '2026-02-31T25:00:00Z', '2026-01-02T09:00:01.200Z'],
  ])('%s', (_what, createdAt, at) => {
    const result = read('PORTFOLIO_ORDER.NEW', portfolioOrder, { created_at: createdAt });
    expect(result).toMatchObject({ observation: { at } });
  });

  test('is when it arrived, where nothing says anything', () => {
    const object = { order_id: orderId, status: 'REJECTED' };
    const result = read('ORDER_CANCELLATION.REJECTED', object, { created_at: undefined });
    expect(result).toMatchObject({ observation: { at: receivedAt } });
  });
});

test('unknown fields change nothing, and no webhook id is needed', () => {
  const result = read(
    'ORDER.NEW',
    { ...order, brand_new: { a: 1 } },
    { webhook_id: undefined, brand_new: 1 },
  );
  expect(result).toMatchObject({
    kind: 'observation',
    observation: { source: { kind: 'webhook', eventId } },
  });
  expect(JSON.stringify(result)).not.toContain('brand_new');
});

test('what is read survives JSON', () => {
  for (const result of [
    read('PORTFOLIO_ORDER.NEW', portfolioOrder),
    read('ORDER.NEW', { ...order, initiation_flow: undefined }),
    read('EXECUTION.FILLED', execution),
    read('ORDER_CANCELLATION.REJECTED', { order_id: 'o', status: 'REJECTED' }),
    read('NEWS.PUBLISHED', {}),
  ]) {
    expect(JSON.parse(JSON.stringify(result))).toStrictEqual(result);
  }
});
