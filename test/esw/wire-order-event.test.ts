/** The schema of ESW's request is the reference's, member by member, and takes everything that we send. */
import fc from 'fast-check';
import { orderEventSchema } from '../../src/esw/order-event';
import { wireOrderEventSchema } from '../../src/esw/wire-order-event';
import { PROCESSING_EVENT, SETTLED_EVENT } from '../domain/worked-examples';
import { anyOrderEvent } from './order-event-arbitrary';
import { childEvent } from './order-event-fixture';
import { brokenBodies, everyMember, tryItBody } from './wire-samples';

test('it has the 37 members of esw-order-event.md 2.2', () => {
  const members = Object.keys(wireOrderEventSchema.shape);
  expect(members).toHaveLength(37);
  expect(members).toEqual(Object.keys(everyMember));
});

/** Every name in a value, with the names that it is within; list items count as one. */
function pathsOf(value: unknown, within = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, `${within}[]`));
  if (typeof value !== 'object' || value === null) return [within];
  return Object.entries(value).flatMap(([name, member]) => pathsOf(member, `${within}.${name}`));
}

test('every member that ESW prints is known: none is left out in reading', () => {
  const paths = pathsOf(wireOrderEventSchema.parse(everyMember));
  expect(paths).toEqual(pathsOf(everyMember));
});

test.each([
  ['nothing', {}],
  ['ESW’s own try-it body', tryItBody],
  ['example 9.1', JSON.parse(PROCESSING_EVENT)],
  ['example 9.2', JSON.parse(SETTLED_EVENT)],
  ['a child’s event', childEvent],
  ['empty texts and lists', { status: '', lineItems: [], balances: {} }],
])('%s is taken as it is', (_what, body) => {
  expect(wireOrderEventSchema.parse(body)).toEqual(body);
});

test('what ESW does not know is ignored, wherever it is', () => {
  const body = { status: 'Created', sku: 'a', lineItems: [{ lineItemId: 'LI-001', sku: 'a' }] };
  expect(wireOrderEventSchema.parse(body)).toEqual({
    status: 'Created',
    lineItems: [{ lineItemId: 'LI-001' }],
  });
});

test.each(brokenBodies)('%s is not taken', (_what, body, path) => {
  const { error } = wireOrderEventSchema.safeParse(body);
  expect([...new Set(error?.issues.map((issue) => issue.path.join('.')))]).toEqual([path]);
});

describe('a number of 64 bits', () => {
  const largest = 2n ** 63n - 1n;

  test.each<[what: string, value: number | bigint, read: bigint]>([
    ['as a small number', 4711, 4711n],
    ['as the largest certain number', Number.MAX_SAFE_INTEGER, BigInt(Number.MAX_SAFE_INTEGER)],
    ['as a bigint', largest, largest],
  ])('%s is read as a bigint', (_what, value, read) => {
    expect(wireOrderEventSchema.parse({ monolithId: value })).toEqual({ monolithId: read });
  });

  test.each([
    ['whose last digits are lost', 2 ** 53],
    ['of 65 bits', largest + 1n],
  ])('%s is not taken', (_what, value) => {
    expect(wireOrderEventSchema.safeParse({ monolithId: value }).success).toBe(false);
  });
});

test('it takes every body that we may send, and knows each of its members', () => {
  let children = 0;
  fc.assert(
    fc.property(anyOrderEvent, (body) => {
      expect(orderEventSchema.parse(body)).toEqual(body);
      expect(wireOrderEventSchema.parse(body)).toEqual(body);
      if ('parentBrandOrderReference' in body) children += 1;
    }),
    { numRuns: 200 },
  );
  expect(children).toBeGreaterThan(40);
});
