/** The values of an OrderEvent that have a form of their own (esw-order-event.md 2.1). */
import { z } from 'zod';

/**
 * Not `z.uuid()`: 14 of the 17 GUIDs that ESW prints have no valid version or variant. For the same reason the JSON Schema
 * has the pattern alone: some validators take `format: uuid` by the letter.
 */
export const guid = z.guid().meta({ id: 'Guid', format: undefined });

/** The year to the second, then nothing or 1 to 7 digits: .NET counts time in steps of 100 ns. */
const UTC_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?Z$/;

/** ISO 8601 in UTC, a day that exists. `z.iso.datetime` alone takes times without seconds, and any number of digits. */
export const utcTime = z.iso.datetime({ abort: true }).regex(UTC_TIME, 'Invalid ISO datetime').meta({
  id: 'UtcTime',
  format: 'date-time',
  pattern: UTC_TIME.source,
  // zod spells the calendar out as a pattern, which `format` says better.
  allOf: undefined,
});

/** ISO 3166-1 alpha-2. */
export const country = z
  .string()
  .regex(/^[A-Z]{2}$/)
  .meta({ id: 'Country' });

/** ISO 4217 alpha-3. */
export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .meta({ id: 'CurrencyCode' });

/**
 * ESW's internal order numbers are 64 bits wide, and a `number` holds 53: read as a bigint. A JSON number is taken while
 * every digit of it is certain; for a larger one the JSON has to be read by a parser that makes bigints.
 */
export const int64 = z.preprocess(
  (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value),
  z.int64().meta({ id: 'Int64' }),
);
