/** Reads lists of Upvest to their end (references/upvest.md#read-portfolio-orders). */
import { UpvestRetry } from './errors';

/** The largest page that Upvest answers. */
const PAGE = 1000;

interface Page<T> {
  orders: T[];
  unreadable?: string[];
  totalCount?: number;
}

/**
 * Reads page by page. A short page is the last one only if Upvest has counted no more.
 *
 * @throws UpvestRetry for a list that repeats itself: it would not end, and is not known whole
 */
export async function allPages<T extends { id: string }>(
  readPage: (page: { limit: number; offset: number }) => Promise<Page<T>>,
): Promise<{ orders: T[]; unreadable: string[] }> {
  const all = new Map<string, T>();
  const allUnreadable: string[] = [];
  for (let offset = 0; ;) {
    const { orders, unreadable = [], totalCount = 0 } = await readPage({ limit: PAGE, offset });
    const known = all.size;
    for (const order of orders) all.set(order.id, order);
    allUnreadable.push(...unreadable);
    const items = orders.length + unreadable.length;
    offset += items;
    if (items === 0 || (items < PAGE && offset >= totalCount))
      return { orders: [...all.values()], unreadable: allUnreadable };
    if (all.size === known) throw new UpvestRetry(`A list of Upvest repeats itself before item ${offset}`);
  }
}
