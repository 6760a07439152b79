/** The sample order of `npm start`: its events as they happen, then tables of the results at Upvest and ESW. */
import { randomUUID } from 'node:crypto';
import { readOrder, submitOrder } from '../src/cli/client/http';
import type { DemoOptions } from './options';
import type { Stack, StackOptions } from './stack';
import { summarize } from './summary';
import { printUntilEnd } from '../src/cli/output/event-log';

/** Slow enough to read along. */
export function sampleStack({ children, settleAfter }: DemoOptions): Partial<StackOptions> {
  const pace = {
    processAfterMs: 1000,
    childSpacingMs: 200,
    fillAfterMs: 600,
    settleAfterMs: settleAfter,
    secondMs: 300,
  };
  return { upvest: { children, pace } };
}

export interface Shown {
  asExpected: boolean;
  /** Id of the order whose workflow to show. */
  portfolioOrderId?: string;
}

/** Places the order and follows it to its end. @returns undefined if interrupted */
export async function showSampleOrder(
  stack: Stack,
  { amount }: DemoOptions,
  { out, interrupted }: { out: (line: string) => void; interrupted: Promise<unknown> },
): Promise<Shown | undefined> {
  const { url, tokens } = stack;
  const reference = `demo-${randomUUID().slice(0, 8)}`;
  await submitOrder(
    { url, token: tokens.submit },
    {
      reference,
      userId: randomUUID(),
      accountId: randomUUID(),
      cashAmount: amount,
      currency: 'EUR',
      side: 'BUY',
    },
  );
  const followed = printUntilEnd(() => readOrder({ url, token: tokens.read }, reference), out);
  const view = await Promise.race([followed, interrupted.then(() => undefined)]);
  if (view === undefined) return undefined;
  const { text, asExpected } = summarize(view, stack);
  out(`\n${text}\n`);
  const { portfolioOrderId } = view;
  return { asExpected, ...(portfolioOrderId !== undefined && { portfolioOrderId }) };
}
