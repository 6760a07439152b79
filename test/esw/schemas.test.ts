import { orderEventSchema } from '../../src/esw/schemas';
import { orderEvent } from './order-event-fixture';

test('the worked example is valid as it is', () => {
  expect(orderEventSchema.parse(orderEvent)).toEqual(orderEvent);
});

test('GUIDs need not be UUIDs of the RFC', () => {
  const id = '11111111-0000-0000-0000-000000000000';
  expect(orderEventSchema.safeParse({ ...orderEvent, id }).success).toBe(true);
});

const { lineItems } = orderEvent;
const amount = (value: unknown) => ({
  chargesInCurrency: [
    { type: 'Total', charges: [{ name: 'CashAmount', value: { currency: 'EUR', amount: value } }] },
  ],
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
  ['half a line', { lineItems: [{ ...lineItems[0], quantity: 1.5 }] }, 'lineItems.0.quantity'],
  ['too many lines', { lineItems: Array.from({ length: 201 }, () => lineItems[0]) }, 'lineItems'],
  ['a local time', { creationDateTime: '2026-03-02T09:00:07.412' }, 'creationDateTime'],
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
  ['a country by its name', { deliveryCountryIso: 'Germany' }, 'deliveryCountryIso'],
  ['an endless string', { status: 'x'.repeat(257) }, 'status'],
])('%s is not sent', (_what, changes, path) => {
  const { error } = orderEventSchema.safeParse({ ...orderEvent, ...changes });
  expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
});
