/** `portfolio-orders records migrate`. */
import type { Command } from 'commander';
import { print, withHelp, type CommandContext } from '../../command-context';
import { withRecords } from './with-records';

interface MigrateOptions {
  grantWorker?: string;
  grantServer?: string;
  json?: boolean;
}

/** Adds the command. */
export function addMigrateCommand(records: Command, { out, configuration }: CommandContext): void {
  const command = records
    .command('migrate')
    .description('Bring the tables up to date, and grant the rights of worker and server.')
    .option('--grant-worker <role>', "the worker's role in PostgreSQL, which gets its rights")
    .option('--grant-server <role>', "the server's role in PostgreSQL, which gets its rights")
    .option('--json', 'as JSON')
    .action(async ({ grantWorker, grantServer, json }: MigrateOptions) => {
      const { migrate } = await import('../../../records/migrate.js');
      const { grantRights } = await import('../../../records/rights.js');
      const ran = await withRecords(configuration(), async (db) => {
        const migrations = await migrate(db);
        if (grantWorker !== undefined) await grantRights(db, 'worker', grantWorker);
        if (grantServer !== undefined) await grantRights(db, 'server', grantServer);
        return migrations;
      });
      print({ out }, json, { migrations: ran }, () => [
        ran.length === 0 ? 'The tables are up to date.' : `Done: ${ran.join(', ')}.`,
      ]);
    });
  withHelp(command, {
    needs: "DATABASE_URL of the database's owner, in the environment or in .env",
    examples: [
      ['records migrate', 'Before worker and server of a new version start'],
      [
        'records migrate --grant-worker records_worker --grant-server records_server',
        'Where worker and server have users of their own',
      ],
    ],
    notes: [
      'May run again, also from several machines at once: one waits for the other. Workers of the version before go on meanwhile.',
    ],
  });
}
