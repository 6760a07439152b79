import { request } from 'undici';
import { errorsOf, noCounts, postEvent, smallEvent, start, stopAll } from './fixtures';
import { processingEvent } from './processing-event';

afterEach(stopAll);

const guidError = ['The value is not a valid GUID.'];
const countryError = ['The value is not an ISO 3166-1 alpha-2 country code.'];
const currencyError = ['The value is not an ISO 4217 alpha-3 currency code.'];
const timeError = ['The value is not an ISO 8601 UTC date-time.'];

describe('a valid event', () => {
  it('of the mapping reference is accepted in strict mode, as sent', async () => {
    const simulator = await start();
    const raw = JSON.stringify(processingEvent, null, 1);
    const answer = await postEvent(simulator, raw, {
      'idempotency-key': processingEvent.id,
      'x-correlation-id': 'portfolio-order/1',
    });
    expect([answer.status, answer.body]).toEqual([200, '{}']);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(simulator.control.events()).toMatchObject([
      {
        sequence: 1,
        tenantCode: 'PFOLIO',
        rawBody: raw,
        body: processingEvent,
        idempotencyKey: processingEvent.id,
        correlationId: 'portfolio-order/1',
        replays: 0,
      },
    ]);
  });

  it('gets a response without a body if so configured', async () => {
    const answer = await postEvent(await start({ successBody: 'empty' }), smallEvent);
    expect([answer.status, answer.body, answer.headers['content-type']]).toEqual([200, '', undefined]);
  });

  it.each([
    ['a charset', 'application/json; charset=UTF-8'],
    ['capitals', 'Application/JSON'],
  ])('may have a content type with %s', async (_case, contentType) => {
    expect((await postEvent(await start(), smallEvent, { 'content-type': contentType })).status).toBe(200);
  });
});

describe('content', () => {
  it.each(['text/plain', 'application/problem+json', 'application/json; charset=utf-16', 'json', ''])(
    'of type "%s" gets 415',
    async (contentType) => {
      expect((await postEvent(await start(), smallEvent, { 'content-type': contentType })).status).toBe(415);
    },
  );

  it('of 1 MiB is accepted, one byte more gets 413', async () => {
    const simulator = await start();
    const frame = JSON.stringify({ ...smallEvent, filler: '' }).length;
    const ofSize = (bytes: number) => ({ ...smallEvent, filler: 'x'.repeat(bytes - frame) });
    expect((await postEvent(simulator, ofSize(1024 * 1024))).status).toBe(200);
    expect((await postEvent(simulator, ofSize(1024 * 1024 + 1))).status).toBe(413);
    expect(simulator.control.counts()).toMatchObject({ accepted: 1, rejected: 1 });
  });

  it.each<[string, string | Buffer]>([
    ['an empty body', ''],
    ['invalid JSON', 'status=Created'],
    ['a comment', '{ "status": "Created" } // why'],
    ['a trailing comma', '{ "status": "Created", }'],
    ['an array', '[]'],
    ['null', 'null'],
    ['a string', '"event"'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['65 levels', `${'{"x":'.repeat(65)}1${'}'.repeat(65)}`],
  ])('of %s gets 400', async (_case, body) => {
    const answer = await postEvent(await start({ mode: 'lenient' }), body);
    expect(answer.status).toBe(400);
    expect(Object.keys(errorsOf(answer))).toEqual(['$']);
  });
});

describe.each(['strict', 'lenient'] as const)('in %s mode', (mode) => {
  const transaction = { id: smallEvent.id, type: 'OrderPlaced', status: 'Completed' };

  it.each<[string, object, Record<string, unknown>]>([
    ['id', { id: 'SP-2026-000481' }, { Id: guidError }],
    ['status', { status: 7 }, { Status: ['The value must be a string.'] }],
    ['null', { status: null }, { Status: ['The value must be a string.'] }],
    ['orderConfirmed', { orderConfirmed: 'true' }, { OrderConfirmed: ['The value must be true or false.'] }],
    ['an offset', { creationDateTime: '2026-03-02T10:00:00+01:00' }, { CreationDateTime: timeError }],
    ['a date', { creationDateTime: '2026-03-02' }, { CreationDateTime: timeError }],
    ['a missing day', { lastUpdateDateTime: '2026-02-30T09:00:00Z' }, { LastUpdateDateTime: timeError }],
    ['8 digits', { creationDateTime: '2026-03-02T09:00:00.00000000Z' }, { CreationDateTime: timeError }],
    ['alpha-3 country', { deliveryCountryIso: 'DEU' }, { DeliveryCountryIso: countryError }],
    [
      'currency',
      { currencies: [{ name: 'OrderCurrency', value: 'eur' }] },
      { 'Currencies[0].Value': currencyError },
    ],
    ['a lone object', { lineItems: { id: 'x' } }, { LineItems: ['The value must be an array.'] }],
    ['a nested id', { lineItems: [{}, { id: 'LI-001' }] }, { 'LineItems[1].Id': guidError }],
    [
      'a fraction',
      { lineItems: [{ quantity: 1.5 }] },
      { 'LineItems[0].Quantity': ['The value must be an integer.'] },
    ],
    ['integer as text', { monolithId: '1' }, { MonolithId: ['The value must be a number.'] }],
    ['entry', { metadataItems: ['Source'] }, { 'MetadataItems[0]': ['The value must be an object.'] }],
    ['a named date', { dates: [{ name: 'OrderPlaced', value: 'today' }] }, { 'Dates[0].Value': timeError }],
    ['transaction', { lastTransaction: { ...transaction, id: '1' } }, { 'LastTransaction.Id': guidError }],
    [
      'two at once',
      { orderTransactions: [{ ...transaction, transactionReference: 'x', actionedBy: 1 }] },
      {
        'OrderTransactions[0].TransactionReference': guidError,
        'OrderTransactions[0].ActionedBy': ['The value must be a string.'],
      },
    ],
    [
      'an amount as text',
      {
        balances: {
          balancesInCurrency: [
            { charges: [{ name: 'Ordered', value: { currency: 'EUR', amount: '1000.00' } }] },
          ],
        },
      },
      { 'Balances.BalancesInCurrency[0].Charges[0].Value.Amount': ['The value must be a number.'] },
    ],
    [
      'a split payment',
      { payment: { splitPayments: [{ pspReference: 'psp' }] } },
      { 'Payment.SplitPayments[0].PspReference': guidError },
    ],
  ])('a wrong %s gets 400 with its path', async (_case, change, errors) => {
    const simulator = await start({ mode });
    const answer = await postEvent(simulator, { ...smallEvent, ...change });
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(answer.body)).toEqual({
      type: 'https://httpstatuses.com/400',
      title: 'One or more validation errors occurred.',
      status: 400,
      detail: 'Validation failed for one or more fields.',
      errors,
      traceId: expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-00$/) as unknown,
    });
    expect(simulator.control.rejections()).toMatchObject([{ status: 400, errors }]);
    expect(simulator.control.counts()).toEqual({ ...noCounts, rejected: 1 });
  });

  it.each<[string, object]>([
    ['unknown members, such as those of Inventory/Sync', { fulfillmentCentreId: 1, items: [{ sku: 2 }] }],
    ['GUIDs with odd version digits', { id: 'AAAAAAAA-0000-f000-0000-000000000000' }],
    ['no fraction digits', { creationDateTime: '2026-03-02T09:00:00Z' }],
    ['7 fraction digits', { creationDateTime: '2026-03-02T09:00:00.1234567Z' }],
    ['ids beyond the safe integers', { monolithId: 9007199254740993 }],
    ['a product of any shape', { lineItems: [{ product: { name: 'x', price: '1' } }] }],
  ])('accepts %s', async (_case, change) => {
    expect((await postEvent(await start({ mode }), { ...smallEvent, ...change })).status).toBe(200);
  });

  it('matches names case-insensitively', async () => {
    const simulator = await start({ mode });
    const event = Object.fromEntries(
      Object.entries(smallEvent).map(([name, value]) => [
        name.charAt(0).toUpperCase() + name.slice(1),
        value,
      ]),
    );
    expect((await postEvent(simulator, event)).status).toBe(200);
    expect(simulator.control.events({ id: smallEvent.id })).toMatchObject([{ body: smallEvent }]);
    const wrong = await postEvent(simulator, { ...event, LINEITEMS: [{ ID: 1 }] });
    expect(errorsOf(wrong)).toEqual({ 'LineItems[0].Id': ['The value must be a string.'] });
  });
});

describe('the typical members', () => {
  const names = Object.keys(smallEvent) as (keyof typeof smallEvent)[];

  it.each(names)('%s is required in strict mode', async (name) => {
    const simulator = await start();
    const path = name.charAt(0).toUpperCase() + name.slice(1);
    const required = { [path]: [`The ${path} field is required.`] };
    expect(errorsOf(await postEvent(simulator, { ...smallEvent, [name]: undefined }))).toEqual(required);
    expect(errorsOf(await postEvent(simulator, { ...smallEvent, [name]: '' }))).toEqual(required);
  });

  it('are optional in lenient mode', async () => {
    const simulator = await start({ mode: 'lenient' });
    expect((await postEvent(simulator, {})).status).toBe(200);
    expect((await postEvent(simulator, {})).status).toBe(200);
    expect(simulator.control.events()).toMatchObject([{ tenantCode: 'PFOLIO' }, { tenantCode: 'PFOLIO' }]);
  });
});

describe('routes', () => {
  it.each([
    ['GET', '/probe', 200],
    ['POST', '/probe', 405],
    ['GET', '/v1/Events/OrderEvent', 405],
    ['GET', '/connect/token', 405],
    ['POST', '/api/v1/Events/OrderEvent', 404],
  ] as const)('%s %s responds with %i without a body', async (method, path, status) => {
    const response = await request((await start()).url + path, { method });
    expect([response.statusCode, await response.body.text()]).toEqual([status, '']);
  });
});
