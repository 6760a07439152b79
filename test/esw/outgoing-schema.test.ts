import { orderEventSchema, reasonNotToSend } from './outgoing-schema';
import { PROCESSING_EVENT, SETTLED_EVENT } from '../domain/order-event/worked-examples';
import { childEvent, orderEvent } from './order-event-fixture';

test.each([
  ['example 1', JSON.parse(PROCESSING_EVENT)],
  ['example 2', JSON.parse(SETTLED_EVENT)],
  ['event of a child', childEvent],
])('the %s is valid as it is', (_what, body) => {
  expect(orderEventSchema.parse(body)).toEqual(body);
});

test('GUIDs need not be UUIDs of the RFC', () => {
  const id = '11111111-0000-0000-0000-000000000000';
  expect(orderEventSchema.safeParse({ ...orderEvent, id }).success).toBe(true);
});

const { lineItems } = orderEvent;
const balance = orderEvent.balances.balancesInCurrency[0];
const amount = (value: unknown) => ({
  chargesInCurrency: [
    { type: 'Total', charges: [{ name: 'CashAmount', value: { currency: 'EUR', amount: value } }] },
  ],
});

const comment = (text: string) => ({
  id: orderEvent.id,
  actionType: 'CancellationDetails',
  text,
  creationDateTime: orderEvent.creationDateTime,
});

test.each([0, 0.1, 0.000001, 999.97, 123456789.123456, 123456789012345])('%d is an amount', (value) => {
  expect(orderEventSchema.safeParse({ ...orderEvent, orderCharges: amount(value) }).success).toBe(true);
});

test.each<[what: string, changes: object]>([
  ['two hundred lines', { lineItems: Array.from({ length: 200 }, () => lineItems[0]) }],
  ['a comment of 2000 characters', { comments: [comment('x'.repeat(2000))] }],
  ['a text of 256 characters', { status: 'x'.repeat(256) }],
  ['an entry per currency', { balances: { balancesInCurrency: [1, 2].map(() => balance) } }],
])('%s may be sent', (_what, changes) => {
  expect(orderEventSchema.safeParse({ ...orderEvent, ...changes }).success).toBe(true);
});

test.each<[what: string, changes: object, path: string]>([
  ['an unknown member', { addresses: [] }, ''],
  ['an unknown member within', { lineItems: [{ ...lineItems[0], product: {} }] }, 'lineItems.0'],
  ['null', { orderType: null }, 'orderType'],
  ['a blank', { orderType: '' }, 'orderType'],
  ['an empty list', { lineItems: [] }, 'lineItems'],
  ['an empty object', { balances: {} }, 'balances.balancesInCurrency'],
  ['no reference', { brandOrderReference: undefined }, 'brandOrderReference'],
  ['no GUID', { id: 'event-1' }, 'id'],
  [
    'an amount as text',
    { orderCharges: amount('1000') },
    'orderCharges.chargesInCurrency.0.charges.0.value.amount',
  ],
  [
    'a negative amount',
    { orderCharges: amount(-1) },
    'orderCharges.chargesInCurrency.0.charges.0.value.amount',
  ],
  [
    'an amount of sixteen digits',
    { orderCharges: amount(1234567890.123456) },
    'orderCharges.chargesInCurrency.0.charges.0.value.amount',
  ],
  [
    'an amount with an exponent',
    { orderCharges: amount(1e-7) },
    'orderCharges.chargesInCurrency.0.charges.0.value.amount',
  ],
  ['half a line', { lineItems: [{ ...lineItems[0], quantity: 1.5 }] }, 'lineItems.0.quantity'],
  ['too many lines', { lineItems: Array.from({ length: 201 }, () => lineItems[0]) }, 'lineItems'],
  ['a local time', { creationDateTime: '2026-03-02T09:00:07.412' }, 'creationDateTime'],
  ['a time without seconds', { creationDateTime: '2026-03-02T09:00Z' }, 'creationDateTime'],
  ['a day that does not exist', { creationDateTime: '2026-02-30T09:00:07Z' }, 'creationDateTime'],
  ['an offset', { creationDateTime: '2026-03-02T09:00:07.412+01:00' }, 'creationDateTime'],
  [
    'a name twice',
    {
      metadataItems: [
        { name: 'a', value: '1' },
        { name: 'a', value: '2' },
      ],
    },
    'metadataItems',
  ],
  ['a child without its line', { parentBrandOrderReference: 'a', lineItems: undefined }, 'lineItems'],
  [
    'a child with another child’s line',
    { parentBrandOrderReference: 'a', lineItems: [lineItems[0], lineItems[0]] },
    'lineItems',
  ],
  ['an endless comment', { comments: [comment('x'.repeat(2001))] }, 'comments.0.text'],
  ['a country by its name', { deliveryCountryIso: 'Germany' }, 'deliveryCountryIso'],
  ['an endless string', { status: 'x'.repeat(257) }, 'status'],
])('%s is not sent', (_what, changes, path) => {
  const { error } = orderEventSchema.safeParse({ ...orderEvent, ...changes });
  expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
});

test('why it is not sent says which member it is, and not what is in it', () => {
  const reason = reasonNotToSend(
    orderEvent.id,
    JSON.stringify({ ...orderEvent, tenantCode: 'secret'.repeat(50) }),
  );
  expect(reason).toContain('tenantCode');
  expect(reason).not.toContain('secret');
  expect(reasonNotToSend(orderEvent.id, JSON.stringify(orderEvent))).toBeUndefined();
});
