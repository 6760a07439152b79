/** Filters of the list of orders: a value that does not exist is refused, with those that do. */
import { CallError } from '../../../src/app/errors';
import { read } from '../../../src/app/schemas/input';
import { orderQuery } from '../../../src/app/schemas/order-queries';
import { ATTENTION_CODES } from '../../../src/domain/operator/attention-codes';

function errorsOf(query: object): { field: string; message: string }[] {
  try {
    read(orderQuery, query);
    return [];
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return error.errors ?? [];
  }
}

test.each<[string, string, string]>([
  ['status', 'SETLED', 'must be one of NEW, PROCESSING, FILLED, CANCELLED, SETTLED'],
  ['status', 'settled', 'must be one of NEW, PROCESSING, FILLED, CANCELLED, SETTLED'],
  ['type', 'BYU', 'must be one of BUY, SELL, REBALANCING'],
  ['attention', 'FOO', 'must be one of any, INTERRUPTED, PLACEMENT_STOPPED, PLACEMENT_UNKNOWN, '],
  // It is informational and never in the index.
  ['attention', 'SKIPPED_STATE', 'must be one of any, '],
  ['phase', 'OPEN', 'must be one of PLACING, '],
])('the filter %s=%s is refused, naming the field and the known values (14.23)', (field, value, message) => {
  expect(errorsOf({ [field]: value })).toEqual([
    { field, message: expect.stringContaining(message) as string },
  ]);
});

test('every code, status and type that an order can have is a filter (14.23)', () => {
  for (const attention of [...ATTENTION_CODES, 'any', 'INTERRUPTED', 'PLACED_AFTER_FINISH'])
    expect(errorsOf({ attention })).toEqual([]);
  for (const status of ['NEW', 'PROCESSING', 'FILLED', 'SETTLED', 'CANCELLED'])
    expect(errorsOf({ status })).toEqual([]);
  for (const type of ['BUY', 'SELL', 'REBALANCING']) expect(errorsOf({ type })).toEqual([]);
});
