/**
 * The member of an object that is used as a table, by a name that comes from outside. Plain indexing would also find what
 * every object inherits, such as `constructor`.
 */
export function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  // eslint-disable-next-line local/own-properties-only -- this is the place that may
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
