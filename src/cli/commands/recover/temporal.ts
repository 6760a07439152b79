/** `portfolio-orders recover temporal`. */
import type { Command } from 'commander';
import type { OrdersRecovered } from '../../../app/recovery/recover-orders';
import { print, withHelp, type CommandContext } from '../../command-context';
import { failureLines, NEEDS, someOf, withBoth } from './with-both';

interface Options {
  dryRun?: boolean;
  json?: boolean;
}

/** Adds the command. */
export function addRecoverTemporalCommand(recover: Command, context: CommandContext): void {
  const { out, note, configuration, endWith } = context;
  const command = recover
    .command('temporal')
    .description('Give each open order of the records database its workflow back, with the state of its row.')
    .option('--dry-run', 'only say what would be done')
    .option('--json', 'as JSON')
    .action(async ({ dryRun: isDryRun = false, json }: Options) => {
      const { recoverOrders } = await import('../../../app/recovery/recover-orders.js');
      const { createOrderStore } = await import('../../../records/orders/order-store.js');
      const { createRecoveryStore } = await import('../../../records/recovery/recovery-store.js');
      const orders = await withBoth(configuration(), ({ client, taskQueue, db }) => {
        const deps = { client, taskQueue, rows: createRecoveryStore(db), saved: createOrderStore(db) };
        return recoverOrders(deps, { isDryRun, onProgress: note });
      });
      print({ out }, json, { dryRun: isDryRun, orders }, () => orderLines(orders, isDryRun));
      if (orders.failed.length > 0 || orders.endedInTemporal.length > 0) endWith(1);
    });
  withHelp(command, {
    needs: `${NEEDS}; and workers that run`,
    examples: [
      ['recover temporal --dry-run', 'After Temporal was restored from a backup, or set up anew'],
      ['recover temporal', 'The same for good'],
    ],
    notes: [
      'An order without a workflow is started again from its row. One whose workflow knows less than its row takes the row’s state. Each is then read at Upvest. ESW gets no event twice.',
      'May run again, and while orders are placed and webhooks arrive. Exits with 1 if an order could not be recovered, or has ended in Temporal and is open in the database: then run "recover records", too.',
      'docs/runbooks/restore.md has the order of the steps.',
    ],
  });
}

function orderLines(orders: OrdersRecovered, isDryRun: boolean): string[] {
  const { open, started, behind, current, finishedBefore, unsaved, endedInTemporal, failed } = orders;
  const verb = isDryRun ? 'to be started again' : 'started again';
  return [
    `Open orders in the records database: ${open}`,
    `  without a workflow, ${verb}: ${started}`,
    `  with a workflow that knew less than the row: ${behind}, of which ${finishedBefore} had finished`,
    `  with a workflow that knows all of the row: ${current}`,
    ...(unsaved > 0 ? [`Workflows without a row, which save themselves: ${unsaved}`] : []),
    ...(endedInTemporal.length > 0
      ? [
          `Ended in Temporal, open in the database; run "recover records": ${endedInTemporal.length} (${someOf(endedInTemporal)})`,
        ]
      : []),
    ...(failed.length > 0 ? [`Not recovered: ${failed.length}`, ...failureLines(failed)] : []),
    failed.length > 0 ? 'Run this again once the cause is gone.' : 'All could be done.',
  ];
}
