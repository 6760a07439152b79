/** Options of every operator decision, and the retry hint for an unknown outcome. */
import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import { OrdersProblem } from '../client/problem';

export interface DecisionOptions {
  reason: string;
  actor?: string;
  key?: string;
  json?: boolean;
}

/** @param isOptional true where the command itself requires the reason */
export function withDecisionOptions(command: Command, isOptional = false): Command {
  const reason = new Option('--reason <text>', 'reason, shown in the timeline');
  return command
    .addOption(reason.makeOptionMandatory(!isOptional))
    .option(
      '--actor <name>',
      "on behalf of whom; the token's name is recorded too (with --direct, default: the OS user)",
    )
    .option('--key <key>', 'idempotency key; a retry with the same key decides nothing twice')
    .option('--json', 'print the decision as JSON');
}

/**
 * Sends the decision. When the outcome is unknown, the message says how to retry it.
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
    const hint = `Retry with --key ${key}; it is the same decision, not a second one.`;
    throw new OrdersProblem(error.code, `${error.message}\n${hint}`, { cause: error });
  }
}

const MAY_HAVE_ARRIVED = /^(OUTCOME_UNKNOWN|NO_ANSWER|UNAVAILABLE|INTERNAL|HTTP_5\d\d)$/;
