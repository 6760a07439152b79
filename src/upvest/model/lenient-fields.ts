/**
 * Lenient parsing where Upvest's guides differ from its specification (references/upvest.md#known-inconsistencies no. 1
 * and 3).
 */
import { own } from '../../domain/values/own';

/** Parsers of an object's times, by field; they return undefined for unreadable text. */
export type TimeReaders = Readonly<Record<string, (text: string) => string | undefined>>;

/**
 * Normalises the field names of an Upvest object to the specification: `created at` becomes `created_at`, and `state`
 * replaces a missing `status`. Lists unreadable times in `unreadable_times`; they count as absent. Other values pass
 * unchanged.
 */
export function normalised(value: unknown, times: TimeReaders): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const fields = underscored({ ...value });
  if (isBlank(fields.status) && 'state' in fields) fields.status = fields.state;
  const unreadable = Object.keys(times).filter((name) => {
    const field = own(fields, name);
    return !isBlank(field) && (typeof field !== 'string' || own(times, name)?.(field) === undefined);
  });
  fields.unreadable_times = unreadable.length === 0 ? undefined : unreadable;
  return fields;
}

function underscored(fields: Record<string, unknown>): Record<string, unknown> {
  for (const name of Object.keys(fields)) {
    if (!name.includes(' ')) continue;
    const specified = name.replaceAll(' ', '_');
    if (!Object.hasOwn(fields, specified)) fields[specified] = own(fields, name);
  }
  return fields;
}

function isBlank(field: unknown): boolean {
  return field === undefined || field === null || (typeof field === 'string' && field.trim() === '');
}
