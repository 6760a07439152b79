/** Every member listed in references/esw.md#members, valid and invalid; the sample below is that section as a body. */
import { errorsOf, postEvent, smallEvent, start, stopAll, token } from './fixtures';

afterEach(stopAll);

const guid = '14a7b3c9-98aa-0000-f000-0123456789ab';
const time = '2026-03-02T09:00:07.412Z';
const metadataItems = [{ name: 'Source', value: 'Web' }];
const charges = (type: string) => [
  { type, charges: [{ name: 'Merchandise', value: { currency: 'EUR', amount: 99.99 } }] },
];

const sample = {
  ...smallEvent,
  monolithId: 9007199254740991,
  orderType: 'Sale',
  brandOrderReference: 'BR-1',
  parentBrandOrderReference: 'BR-0',
  eswOrderReference: 'ESW-1',
  orderConfirmed: true,
  deliveryCountryIso: 'IE',
  currencies: [{ name: 'OrderCurrency', value: 'EUR' }],
  fxRates: [
    {
      name: 'EUR->EUR',
      fromCurrency: 'EUR',
      toCurrency: 'EUR',
      rawRate: 1,
      margin: 0.5,
      marginRate: 0.01,
      rawSynchronizationId: guid,
      brandSynchronizationId: 'sync',
    },
  ],
  lastUpdateUser: 'system@example.com',
  retailerInvoice: { number: 'INV-1', date: time },
  aggregateIds: [{ name: 'BasketId', value: 'b-1' }],
  shopperExperience: {
    cultureLanguage: 'en-IE',
    customerNumber: '1',
    carrierCustomerNumber: '2',
    emailMarketingOptIn: false,
  },
  metadataItems,
  dates: [{ name: 'OrderPlaced', value: time }],
  deliveryOption: { code: 'EXPRESS', vatRate: 23, type: 'Courier' },
  payment: {
    id: guid,
    paymentAttemptReference: guid,
    method: 'Card',
    paymentBrand: 'Visa',
    last4Digits: '0042',
    preAuthorized: true,
    settled: false,
    paymentTime: time,
    isOverCounterMethod: false,
    splitPayments: [
      {
        id: guid,
        pspReference: guid,
        attemptRef: guid,
        paymentMethod: 'Card',
        last4Digits: '4242',
        preAuthorized: true,
        settled: false,
        chargesInCurrency: charges('Amount'),
      },
    ],
  },
  addresses: [
    {
      id: guid,
      type: 'Shipping',
      firstName: 'A',
      lastName: 'B',
      address1: 'Street 1',
      city: 'Dublin',
      postalCode: 'D01',
      region: 'Leinster',
      country: 'IE',
      email: 'a@example.com',
      telephone: '1',
      emailMarketingOptIn: true,
    },
  ],
  lineItems: [{ id: guid, lineItemId: 'LI-001', retailerLineItemId: 'RLI-001', quantity: 2, metadataItems }],
  orderCharges: { chargesInCurrency: charges('Total') },
  retailerOrderCharges: { chargesInCurrency: charges('RetailerTotals') },
  otherOrderCharges: { chargesInCurrency: charges('Other') },
  balances: { balancesInCurrency: charges('OrderBalance') },
  comments: [{ id: guid, actionType: 'CustomerNote', text: 'Hello', creationDateTime: time }],
  financialTransactions: [{ id: guid, type: 'Authorisation', status: 'Approved', paymentId: guid }],
  lastTransaction: { id: guid, type: 'OrderPlaced', status: 'Completed' },
  orderTransactions: [
    {
      id: guid,
      type: 'OrderPlaced',
      status: 'Completed',
      transactionReference: guid,
      retailerTransactionDateTime: time,
      actionedBy: 'Retailer',
      actionedByUser: 'a@example.com',
      reason: 'NewOrder',
      metadataItems,
    },
  ],
  instructionsHeaders: [
    {
      id: guid,
      instructionCategory: 'Fulfillment',
      instructions: [{ monolithOrderArticleId: 1, preship: true }],
    },
  ],
  holdStatus: 'None',
  allocationStatus: 'Allocated',
  cartValueType: 'Gross',
  channelId: 'WEB-IE',
};

type Path = (string | number)[];

/** The paths of all members of a value, including nested objects. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const members = Object.entries(value).flatMap(([name, member]) =>
    pathsOf(member, [...path, Array.isArray(value) ? Number(name) : name]),
  );
  return path.length === 0 ? members : [path, ...members];
}

/** A copy of the sample with another value at one path. */
function changed(path: Path, value: unknown): object {
  const copy = JSON.parse(JSON.stringify(sample)) as Record<string | number, unknown>;
  const last = path.at(-1) ?? '';
  const holder = path.slice(0, -1).reduce<Record<string | number, unknown>>((at, step) => {
    return at[step] as Record<string | number, unknown>;
  }, copy);
  holder[last] = value;
  return copy;
}

function valueAt(path: Path): unknown {
  return path.reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], sample);
}

/** The key of a member in ESW's problem details, such as `LineItems[0].Id`. */
function errorKey(path: Path): string {
  return path
    .map((step) =>
      typeof step === 'number' ? `[${step}]` : `.${step.charAt(0).toUpperCase()}${step.slice(1)}`,
    )
    .join('')
    .slice(1);
}

it('the sample has all 37 members and is accepted', async () => {
  expect(Object.keys(sample)).toHaveLength(37);
  expect((await postEvent(await start(), sample)).status).toBe(200);
});

describe.each(['strict', 'lenient'] as const)('in %s mode', (mode) => {
  it('every member of a wrong type is rejected with its path only', async () => {
    const simulator = await start({ mode });
    const authorization = `Bearer ${await token(simulator)}`;
    const paths = pathsOf(sample);
    expect(paths.length).toBeGreaterThan(150);
    for (const path of paths) {
      for (const wrong of [typeof valueAt(path) === 'number' ? '1' : 1, null]) {
        const answer = await postEvent(simulator, changed(path, wrong), { authorization });
        expect([path, answer.status]).toEqual([path, 400]);
        expect(Object.keys(errorsOf(answer))).toEqual([errorKey(path)]);
      }
    }
    expect(simulator.control.counts()).toMatchObject({ accepted: 0, rejected: 2 * paths.length });
  });

  it.each<[string, (value: unknown) => boolean, string[]]>([
    ['GUID', (value) => value === guid || value === smallEvent.id, ['x', `${guid}0`, guid.replace('-', '')]],
    ['time', (value) => value === time, ['today', '2026-03-02T09:00:07+00:00', '2026-02-30T00:00:00Z']],
    ['country', (value) => value === 'IE', ['IRL', 'ie', 'I1']],
    ['currency', (value) => value === 'EUR', ['EU', 'eur', 'EURO']],
  ])('every %s with a wrong format is rejected', async (_case, fits, wrongs) => {
    const simulator = await start({ mode });
    const authorization = `Bearer ${await token(simulator)}`;
    const paths = pathsOf(sample).filter((path) => fits(valueAt(path)));
    expect(paths.length).toBeGreaterThan(1);
    for (const path of paths) {
      for (const wrong of wrongs) {
        const answer = await postEvent(simulator, changed(path, wrong), { authorization });
        expect([path, wrong, answer.status]).toEqual([path, wrong, 400]);
        expect(Object.keys(errorsOf(answer))).toEqual([errorKey(path)]);
      }
    }
  });

  it.each([
    ['9007199254740993', 200],
    ['9223372036854775807', 200],
    ['-9223372036854775808', 200],
    ['9223372036854775808', 400],
    ['-9223372036854775809', 400],
    ['100000000000000000000000', 400],
    ['1.5', 400],
    ['1e400', 400],
  ])('the 64-bit integer %s gets %i', async (digits, status) => {
    const simulator = await start({ mode });
    const text = JSON.stringify({ ...smallEvent, note: 'digits 12345678901234567890 "in" \\ text' });
    const article = `"instructionsHeaders":[{"instructions":[{"monolithOrderArticleId":${digits}}]}]`;
    const body = `${text.slice(0, -1)},"monolithId":${digits},${article}}`;
    const answer = await postEvent(simulator, body);
    expect(answer.status).toBe(status);
    if (status === 400) {
      const article = 'InstructionsHeaders[0].Instructions[0].MonolithOrderArticleId';
      expect(Object.keys(errorsOf(answer))).toEqual(['MonolithId', article]);
      return;
    }
    const [event] = simulator.control.events();
    expect(event?.body).toMatchObject({
      monolithId: BigInt(digits),
      note: 'digits 12345678901234567890 "in" \\ text',
      instructionsHeaders: [{ instructions: [{ monolithOrderArticleId: BigInt(digits) }] }],
    });
    expect(event?.rawBody).toBe(body);
  });
});

describe('malicious bodies', () => {
  it('with names of Object.prototype count as unknown members', async () => {
    const simulator = await start();
    const body = `${JSON.stringify(smallEvent).slice(0, -1)},"__proto__":{"status":7},"constructor":1,"toString":2}`;
    expect((await postEvent(simulator, body)).status).toBe(200);
    expect(simulator.control.events()[0]?.body.status).toBe('Created');
    expect(({} as { status?: unknown }).status).toBeUndefined();
    const missing = '{"__proto__":{"id":"x","status":"Created"}}';
    expect(Object.keys(errorsOf(await postEvent(simulator, missing)))).toHaveLength(5);
  });

  it('with a long text or deep nesting next to a large integer are parsed', async () => {
    const simulator = await start();
    const long = 'a\\"\\\\'.repeat(150_000);
    const text = `${JSON.stringify(smallEvent).slice(0, -1)},"note":"${long}","n":12345678901234567890}`;
    expect((await postEvent(simulator, text)).status).toBe(200);
    const deep = `{"n":12345678901234567890,"x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    expect(Object.keys(errorsOf(await postEvent(simulator, deep)))).toEqual(['$']);
  });
});
