/** `portfolio-orders recover begin` and `recover end`. */
import { InvalidArgumentError, type Command } from 'commander';
import { print, withHelp, type CommandContext } from '../../command-context';
import { withRecords } from '../records/with-records';

const NEEDS = "DATABASE_URL of the database's owner, in the environment or in .env";

/** Adds the command. */
export function addBeginCommand(recover: Command, { out, configuration }: CommandContext): void {
  const command = recover
    .command('begin')
    .description('From now on, look for the orders of new requests at Upvest before they are placed.')
    .requiredOption('--since <time>', 'when the oldest restored copy was made, ISO 8601', timeOf)
    .option('--json', 'as JSON')
    .action(async ({ since, json }: { since: Date; json?: boolean }) => {
      const { createRecoveryStore } = await import('../../../records/recovery/recovery-store.js');
      const marker = await withRecords(configuration(), (db) => createRecoveryStore(db).begin(since));
      print({ out }, json, marker, () => [
        `Recovery since ${marker.begunAt.toISOString()}: new requests look for orders at Upvest since ${marker.lookSince.toISOString()}.`,
      ]);
    });
  withHelp(command, {
    needs: NEEDS,
    examples: [['recover begin --since 2026-12-01T02:00:00Z', 'Before the server starts again after a loss']],
    notes: [
      'A client repeats requests whose answers it does not have. After a loss, neither Temporal nor the database may know of the first one: then only Upvest shows whether it was placed. Each new request takes one search longer until "recover end".',
    ],
  });
}

/** Adds the command. */
export function addEndCommand(recover: Command, { out, configuration }: CommandContext): void {
  const command = recover
    .command('end')
    .description('End the recovery: new requests are placed at once again.')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { createRecoveryStore } = await import('../../../records/recovery/recovery-store.js');
      const ended = await withRecords(configuration(), (db) => createRecoveryStore(db).end());
      print({ out }, json, { ended }, () => [
        ended ? 'The recovery has ended.' : 'No recovery was under way.',
      ]);
    });
  withHelp(command, {
    needs: NEEDS,
    examples: [['recover end', 'Once all is recovered and all clients have repeated their requests']],
  });
}

/** @throws InvalidArgumentError */
function timeOf(text: string): Date {
  const time = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text) || Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('Write it as 2026-12-01T02:00:00Z.');
  if (time.getTime() > Date.now()) throw new InvalidArgumentError('It is in the future.');
  return time;
}
