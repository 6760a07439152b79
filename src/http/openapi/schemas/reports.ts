/** Response schemas of reports and decisions. */
import { z } from 'zod';
import type { DecisionEntry, SettledDay } from '../../../app/ports/reports';
import { count, decimal, id, responseOf, time } from './documented';

const settledDay = responseOf<SettledDay>()(
  z.object({
    day: z.string().meta({ format: 'date', description: 'In Europe/Berlin', examples: ['2026-03-02'] }),
    currency: z.string().meta({ examples: ['EUR'] }),
    orders: count.meta({ description: 'Orders in this currency, or with executions in it' }),
    ordered: decimal,
    executed: decimal,
    settled: decimal,
    fees: decimal,
    taxes: decimal,
  }),
).meta({
  id: 'SettledDay',
  description: 'Orders that Upvest reported as SETTLED on one day, in one currency',
});

export const settledReport = z.object({ days: z.array(settledDay) }).meta({ id: 'SettledReport' });

const entry = responseOf<DecisionEntry>()(
  z.object({
    number: count.meta({ description: 'In the chain of records and decisions' }),
    decidedAt: time,
    rule: z
      .string()
      .meta({ description: 'Id of the rule or operation: docs/rules.md', examples: ['operator:close'] }),
    actor: z.string().optional(),
    reason: z.string().optional(),
    portfolioOrderId: id.optional(),
    reference: z.string().optional(),
    subject: z.string().meta({ description: 'Id of the workflow that took it' }),
    content: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'All of it as it was stored; absent once deleted after the retention period' }),
    hash: z.string().meta({ description: 'Of its link in the chain' }),
  }),
).meta({ id: 'DecisionEntry' });

export const decisionPage = z
  .object({ decisions: z.array(entry), nextCursor: z.string().optional() })
  .meta({ id: 'DecisionPage' });
