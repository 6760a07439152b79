/** `portfolio-orders records hold` and `release`. */
import type { Command } from 'commander';
import type { HoldOutcome } from '../../../records/archive/holds';
import { OrdersProblem } from '../../client/problem';
import { print, withHelp, type CommandContext } from '../../command-context';
import { quoted, sanitized, timeOf } from '../../output/text';
import { ACTOR_HELP, decisionOf, words } from './who';
import { withRecords } from './with-records';

interface HoldOptions {
  reason: string;
  actor?: string;
  json?: boolean;
}

const COMMANDS = {
  hold: {
    description: 'Keep the records of an order beyond the retention period, until they are released.',
    why: 'case 4711',
    meaning: 'Put the order on hold',
  },
  release: {
    description: 'Release the records of an order from a hold.',
    why: 'case 4711 is closed',
    meaning: 'Let the order be deleted after the retention period',
  },
};

/** Adds both commands. */
export function addHoldCommands(records: Command, { out, configuration }: CommandContext): void {
  for (const name of ['hold', 'release'] as const) {
    const { description, why, meaning } = COMMANDS[name];
    const command = records
      .command(name)
      .argument('<order>', 'reference or portfolio order id')
      .description(description)
      .requiredOption('--reason <text>', 'reason, stored with the decision', words)
      .option('--actor <name>', ACTOR_HELP, words)
      .option('--json', 'as JSON')
      .action(async (order: string, { json, ...given }: HoldOptions) => {
        const { holdOrder, releaseOrder } = await import('../../../records/archive/holds.js');
        const perform = name === 'hold' ? holdOrder : releaseOrder;
        const outcome = await withRecords(configuration(), (db) => perform(db, order, decisionOf(given)));
        const done = doneOr(outcome, order);
        print({ out }, json, done, () => [
          `${sanitized(done.hold.portfolioOrderId)} is ${name === 'hold' ? 'on hold' : 'released'}.`,
        ]);
      });
    withHelp(command, {
      needs: "DATABASE_URL of the database's owner, in the environment or in .env",
      examples: [[`records ${name} n-2026-0815 --reason ${quoted(why)}`, meaning]],
      notes: ['The decision becomes a link of the chain.'],
    });
  }
}

type Done = Exclude<HoldOutcome, { kind: 'held-already' | 'not-held' | 'unknown' }>;

/** @throws OrdersProblem */
function doneOr(outcome: HoldOutcome, order: string): Done {
  switch (outcome.kind) {
    case 'held':
    case 'released':
      return outcome;
    case 'unknown':
      throw new OrdersProblem(
        'NOT_FOUND',
        `NOT_FOUND: The records database has no order ${quoted(order)}. Nothing was decided.`,
      );
    case 'not-held':
      throw new OrdersProblem(
        'FORBIDDEN_BY_RULE',
        `FORBIDDEN_BY_RULE: records:release: ${sanitized(outcome.portfolioOrderId)} is not on hold. Nothing was decided.`,
      );
    case 'held-already': {
      const { portfolioOrderId, actor, reason, since } = outcome.hold;
      throw new OrdersProblem(
        'FORBIDDEN_BY_RULE',
        `FORBIDDEN_BY_RULE: records:hold: ${sanitized(portfolioOrderId)} is on hold since ${timeOf(since)} (${sanitized(actor)}: ${sanitized(reason)}). To give another reason, release it first. Nothing was decided.`,
      );
    }
  }
}
