/** Where Upvest's guides print something else than its specification (upvest.md 6 no. 1 and 3). */

/** Readers of an object's times by field; undefined from a reader means unreadable. */
export type TimeReaders = Readonly<Record<string, (text: string) => string | undefined>>;

/**
 * An object of Upvest's under the names of the specification: `created at` becomes `created_at`, and `state` stands in
 * for a missing `status`. Times that cannot be read are named in `unreadable_times`; they count as absent and are never
 * repaired. What is no object is passed through.
 */
export function asSpecified(value: unknown, times: TimeReaders): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const fields = underscored({ ...value });
  if (isBlank(fields.status) && 'state' in fields) fields.status = fields.state;
  const unreadable = Object.keys(times).filter((name) => {
    const field = fields[name];
    return !isBlank(field) && (typeof field !== 'string' || times[name]?.(field) === undefined);
  });
  fields.unreadable_times = unreadable.length === 0 ? undefined : unreadable;
  return fields;
}

function underscored(fields: Record<string, unknown>): Record<string, unknown> {
  for (const name of Object.keys(fields)) {
    if (!name.includes(' ')) continue;
    const specified = name.replaceAll(' ', '_');
    if (!(specified in fields)) fields[specified] = fields[name];
  }
  return fields;
}

function isBlank(field: unknown): boolean {
  return field === undefined || field === null || (typeof field === 'string' && field.trim() === '');
}
