/** `portfolio-orders recover records`. */
import type { Command } from 'commander';
import type { OrdersFilled } from '../../../app/recovery/fill-orders';
import { print, withHelp, type CommandContext } from '../../command-context';
import { failureLines, NEEDS, withBoth } from './with-both';

interface Options {
  dryRun?: boolean;
  json?: boolean;
}

/** Adds the command. */
export function addRecoverRecordsCommand(recover: Command, context: CommandContext): void {
  const { out, note, configuration, endWith } = context;
  const command = recover
    .command('records')
    .description('Fill the records database from the running and the ended workflows that Temporal has.')
    .option('--dry-run', 'only say what would be done')
    .option('--json', 'as JSON')
    .action(async ({ dryRun: isDryRun = false, json }: Options) => {
      const { fillOrders } = await import('../../../app/recovery/fill-orders.js');
      const { createOrderStore } = await import('../../../records/orders/order-store.js');
      const orders = await withBoth(configuration(), ({ client, taskQueue, db }) =>
        fillOrders({ client, taskQueue, store: createOrderStore(db) }, { isDryRun, onProgress: note }),
      );
      print({ out }, json, { dryRun: isDryRun, orders }, () => lines(orders));
      if (orders.failed.length > 0) endWith(1);
    });
  withHelp(command, {
    needs: `${NEEDS}; a database with today's tables ("records migrate"); and workers that run`,
    examples: [
      ['recover records --dry-run', 'After the database was restored from a backup, or made anew'],
      ['recover records', 'The same for good'],
    ],
    notes: [
      'Stores what is not stored: rows of open orders, and final records of finished ones with the bytes that were sent to ESW, as far back as Temporal keeps workflows. Nothing that is stored changes.',
      'May run again, and while orders are placed and webhooks arrive. Exits with 1 if an order could not be stored.',
      'docs/runbooks/restore.md has the order of the steps, and what is lost.',
    ],
  });
}

function lines({ finished, open, unsaved, failed }: OrdersFilled): string[] {
  return [
    `Finished orders with their final records: ${finished}`,
    `Open orders: ${open}`,
    ...(unsaved > 0 ? [`Orders that have no row by design, or save themselves: ${unsaved}`] : []),
    ...(failed.length > 0 ? [`Not stored: ${failed.length}`, ...failureLines(failed)] : []),
    failed.length > 0 ? 'Run this again once the cause is gone.' : 'All could be done.',
  ];
}
