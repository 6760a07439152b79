/** `portfolio-orders records delete-expired`. */
import { InvalidArgumentError, type Command } from 'commander';
import type { Deleted } from '../../../records/archive/retention';
import { print, withHelp, type CommandContext } from '../../command-context';
import { ACTOR_HELP, decisionOf, words } from './who';
import { withRecords } from './with-records';

interface DeleteOptions {
  olderThan: Period;
  dryRun?: boolean;
  actor?: string;
  json?: boolean;
}

interface Period {
  text: string;
  years: number;
  days: number;
}

/** Adds the command. */
export function addDeleteExpiredCommand(records: Command, { out, configuration }: CommandContext): void {
  const command = records
    .command('delete-expired')
    .description('Delete what is older than the retention period, except for orders on hold.')
    .requiredOption('--older-than <period>', 'retention period, in years or days: 10y, 3650d', period)
    .option('--dry-run', 'only count what would be deleted')
    .option('--actor <name>', ACTOR_HELP, words)
    .option('--json', 'as JSON')
    .action(async ({ olderThan, dryRun, actor, json }: DeleteOptions) => {
      const { countExpired, deleteExpired } = await import('../../../records/archive/retention.js');
      const before = startOf(olderThan, new Date());
      const reason = `older than ${olderThan.text}`;
      const decision = decisionOf({ ...(actor !== undefined && { actor }), reason });
      const deleted = await withRecords(configuration(), (db) =>
        dryRun === true ? countExpired(db, { before }) : deleteExpired(db, { before, ...decision }),
      );
      print({ out }, json, { before, dryRun: dryRun === true, ...deleted }, () => [
        `${dryRun === true ? 'Would delete' : 'Deleted'} what finished before ${before}: ${linesOf(deleted)}.`,
      ]);
    });
  withHelp(command, {
    needs: "DATABASE_URL of the database's owner, in the environment or in .env",
    examples: [
      ['records delete-expired --older-than 10y --dry-run', 'Count what would be deleted'],
      [
        'records delete-expired --older-than 10y',
        'Delete it; the hashes stay, so that the chain can be checked',
      ],
    ],
    notes: [
      'What is deleted cannot be brought back, and its references can be used again. The decision becomes a link of the chain. May run again after it was interrupted.',
    ],
  });
}

function period(text: string): Period {
  const [, digits = '', unit] = /^(\d{1,5})([yd])$/.exec(text) ?? [];
  const count = Number(digits);
  const found: Period = { text, years: unit === 'y' ? count : 0, days: unit === 'd' ? count : 0 };
  // A slip of the finger must not delete this year's records.
  if (digits === '' || found.years > 100 || (found.years < 1 && found.days < 365))
    throw new InvalidArgumentError('enter years or days, such as 10y or 3650d; at least 1y');
  return found;
}

function startOf({ years, days }: Period, now: Date): string {
  const start = new Date(now);
  start.setUTCFullYear(start.getUTCFullYear() - years);
  start.setUTCDate(start.getUTCDate() - days);
  return start.toISOString();
}

function linesOf({ orders, records, decisions, placements }: Deleted): string {
  return `${orders} orders with ${records} records, ${decisions} decisions, ${placements} placements without an order`;
}
