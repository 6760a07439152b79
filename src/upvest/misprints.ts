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
  const given = new Map<string, unknown>(Object.entries(value));
  const fields = new Map(given);
  for (const [name, field] of given) {
    const specified = name.replaceAll(' ', '_');
    if (!given.has(specified)) fields.set(specified, field);
  }
  if (isBlank(fields.get('status')) && fields.has('state')) fields.set('status', fields.get('state'));

  const unreadable = Object.entries(times)
    .filter(([name, read]) => {
      const field = fields.get(name);
      return !isBlank(field) && (typeof field !== 'string' || read(field) === undefined);
    })
    .map(([name]) => name);
  fields.set('unreadable_times', unreadable.length === 0 ? undefined : unreadable);
  return Object.fromEntries(fields);
}

function isBlank(field: unknown): boolean {
  return field === undefined || field === null || (typeof field === 'string' && field.trim() === '');
}
