/** The schema of ESW's request has the members of the reference, and accepts everything that we send. */
import fc from 'fast-check';
import { orderEventSchema } from '../outgoing-schema';
import { wireOrderEventSchema } from '../../../src/esw/published/schema';
import { PROCESSING_EVENT, SETTLED_EVENT } from '../../domain/order-event/worked-examples';
import { anyOrderEvent } from '../order-event-arbitrary';
import { childEvent } from '../order-event-fixture';
import { brokenBodies, everyMember, tryItBody } from './wire-samples';

test('it has the 37 members of references/esw.md#members', () => {
  const members = Object.keys(wireOrderEventSchema.shape);
  expect(members).toHaveLength(37);
  expect(members).toEqual(Object.keys(everyMember));
});

/** The paths of all members of a value; list items share a path. */
function pathsOf(value: unknown, within = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, `${within}[]`));
  if (typeof value !== 'object' || value === null) return [within];
  return Object.entries(value).flatMap(([name, member]) => pathsOf(member, `${within}.${name}`));
}

test('every member of ESW’s sample is known: parsing drops none', () => {
  const paths = pathsOf(wireOrderEventSchema.parse(everyMember));
  expect(paths).toEqual(pathsOf(everyMember));
});

test.each([
  ['an empty object', {}],
  ['ESW’s own try-it body', tryItBody],
  ['example 1', JSON.parse(PROCESSING_EVENT)],
  ['example 2', JSON.parse(SETTLED_EVENT)],
  ['a child’s event', childEvent],
  ['empty texts and lists', { status: '', lineItems: [], balances: {} }],
])('%s is accepted unchanged', (_what, body) => {
  expect(wireOrderEventSchema.parse(body)).toEqual(body);
});

test('unknown members are ignored at any depth', () => {
  const body = { status: 'Created', sku: 'a', lineItems: [{ lineItemId: 'LI-001', sku: 'a' }] };
  expect(wireOrderEventSchema.parse(body)).toEqual({
    status: 'Created',
    lineItems: [{ lineItemId: 'LI-001' }],
  });
});

test.each(brokenBodies)('%s is rejected', (_what, body, path) => {
  const { error } = wireOrderEventSchema.safeParse(body);
  expect([...new Set(error?.issues.map((issue) => issue.path.join('.')))]).toEqual([path]);
});

describe('a number of 64 bits', () => {
  const largest = 2n ** 63n - 1n;

  test.each<[what: string, value: number | bigint, read: bigint]>([
    ['as a small number', 4711, 4711n],
    ['as the largest safe integer', Number.MAX_SAFE_INTEGER, BigInt(Number.MAX_SAFE_INTEGER)],
    ['as a bigint', largest, largest],
  ])('%s is read as a bigint', (_what, value, read) => {
    expect(wireOrderEventSchema.parse({ monolithId: value })).toEqual({ monolithId: read });
  });

  test.each([
    ['beyond the safe integers', 2 ** 53],
    ['of 65 bits', largest + 1n],
  ])('%s is rejected', (_what, value) => {
    expect(wireOrderEventSchema.safeParse({ monolithId: value }).success).toBe(false);
  });
});

test('it accepts every body that we may send, and knows all of its members', () => {
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
