/** What every decision of an operator says, and how a caller learns what to do when nobody knows whether it arrived. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { OrdersProblem } from './orders-problem';

export interface DecisionOptions {
  reason: string;
  actor?: string;
  key?: string;
  json?: boolean;
}

export function withDecisionOptions(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why; it is kept')
    .option(
      '--actor <name>',
      'who decides, where the token does not say it; with --direct, other than the OS user',
    )
    .option('--key <key>', 'idempotency key: the same again is the same decision')
    .option('--json', 'what was decided, as JSON');
}

/**
 * Makes the decision. Where it is not known whether it arrived, the message says how to ask for the same one again.
 *
 * @throws OrdersProblem
 */
export async function decide<T>(
  { reason, actor, key = randomUUID() }: DecisionOptions,
  send: (decision: { reason: string; actor?: string }, key: string) => Promise<T>,
): Promise<T> {
  try {
    return await send({ reason, ...(actor !== undefined && { actor }) }, key);
  } catch (error) {
    if (!(error instanceof OrdersProblem) || !MAY_HAVE_ARRIVED.test(error.code)) throw error;
    const hint = `The same call with --key ${key} is the same decision, not a second one.`;
    throw new OrdersProblem(error.code, `${error.message}\n${hint}`, { cause: error });
  }
}

const MAY_HAVE_ARRIVED = /^(OUTCOME_UNKNOWN|NO_ANSWER|UNAVAILABLE|INTERNAL|HTTP_5\d\d)$/;
