/** The sample order of `npm start`: its life as it happens, and tables of what the partners made of it. */
import { randomUUID } from 'node:crypto';
import { readOrder, submitOrder } from './api';
import type { DemoOptions } from './dev-options';
import type { Stack, StackOptions } from './dev-stack';
import { summarize } from './dev-summary';
import { follow } from './story';

/** Slow enough to read along, fast enough not to wait. */
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
  /** Of the workflow to look at. */
  portfolioOrderId?: string;
}

/** Places the order and follows it to its end. @returns undefined when it was interrupted */
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
  const followed = follow(() => readOrder({ url, token: tokens.read }, reference), out);
  const view = await Promise.race([followed, interrupted.then(() => undefined)]);
  if (view === undefined) return undefined;
  const { text, asExpected } = summarize(view, stack);
  out(`\n${text}\n`);
  const { portfolioOrderId } = view;
  return { asExpected, ...(portfolioOrderId !== undefined && { portfolioOrderId }) };
}
