import { z } from 'zod';

/** Query parameters of all lists (references/upvest.md#read-portfolio-orders): `limit` 1 to 1000, default 100. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^\d{1,4}$/)
    .transform(Number)
    .pipe(z.number().min(1).max(1000))
    .default(100),
  offset: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .default(0),
};

export interface ListResponse<T> {
  meta: { count: number; limit: number; offset: number; total_count: number; sort: string; order: string };
  data: T[];
}

/** Returns one page of a sorted list. */
export function listResponse<T>(
  sorted: readonly T[],
  { limit, offset, sort, order = 'ASC' }: { limit: number; offset: number; sort: string; order?: string },
): ListResponse<T> {
  const data = sorted.slice(offset, offset + limit);
  return { meta: { count: data.length, limit, offset, total_count: sorted.length, sort, order }, data };
}

export const utcDate = z.string().regex(/^\d{4}-\d{2}-\d{2}T00:00:00Z$/, 'must be YYYY-MM-DDT00:00:00Z');
