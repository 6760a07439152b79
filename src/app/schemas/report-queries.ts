/** Query schemas of reports and of the log of decisions. */
import { z } from 'zod';
import { midnightUtc, DAY_MS } from '../../domain/calendar/market-time';
import { day, momentFrom, momentTo } from './moments';
import { part } from './paging';

/** Longest range of a report: a year of orders is summed in seconds. */
export const MAX_REPORT_DAYS = 366;

export const settledQuery = z
  .strictObject({
    from: day('First day'),
    to: day(`Last day; at most ${MAX_REPORT_DAYS} days`),
  })
  .superRefine(({ from, to }, context) => {
    const days = (midnightUtc(to) - midnightUtc(from)) / DAY_MS + 1;
    if (Number.isNaN(days) || (days >= 1 && days <= MAX_REPORT_DAYS)) return;
    const message =
      days < 1 ? 'must not be before from' : `must be at most ${MAX_REPORT_DAYS - 1} days after from`;
    context.addIssue({ code: 'custom', path: ['to'], message });
  });

const ACTOR = 'must be an actor as decisions name it: 1 to 256 characters';
const ORDER = 'must be a reference or an id, 1 to 200 printable characters';

export const decisionsQuery = z.strictObject({
  actor: z
    .string({ error: ACTOR })
    .regex(/^\P{C}{1,256}$/u, ACTOR)
    .optional()
    .meta({
      description: 'The whole actor: the name of the token, or `name (token)`',
      pattern: undefined,
      examples: ['anna (desk)'],
    }),
  from: momentFrom('Decided'),
  to: momentTo('Decided'),
  order: z
    .string({ error: ORDER })
    .regex(/^[\x21-\x7e]{1,200}$/, ORDER)
    .optional()
    .meta({ description: 'Your reference, or Upvest’s id', examples: ['savings-2041'] }),
  ...part,
});
