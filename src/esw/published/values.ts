/** Value formats of an OrderEvent (references/esw.md#value-forms). */
import { z } from 'zod';

/**
 * Not `z.uuid()`: 14 of the 17 GUIDs in ESW's documentation have no valid version or variant. For the same reason the JSON
 * Schema has only the pattern: some validators apply `format: uuid` strictly.
 */
export const guid = z.guid().meta({ id: 'Guid', format: undefined });

/** Up to 7 fraction digits: .NET's resolution is 100 ns. */
const UTC_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?Z$/;

/** ISO 8601 in UTC, an existing day. `z.iso.datetime` alone accepts times without seconds and any number of digits. */
export const utcTime = z.iso.datetime({ abort: true }).regex(UTC_TIME, 'Invalid ISO datetime').meta({
  id: 'UtcTime',
  format: 'date-time',
  pattern: UTC_TIME.source,
  // zod expresses the calendar as a pattern, which `format` replaces.
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
 * ESW's internal order numbers have 64 bits, a `number` only 53: parsed as a bigint. Accepts JSON numbers in the safe range;
 * larger ones need a parser that produces bigints.
 */
export const int64 = z.preprocess(
  (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value),
  z.int64().meta({ id: 'Int64' }),
);
