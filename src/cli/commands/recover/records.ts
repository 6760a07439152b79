/** `portfolio-orders recover records`. */
import type { Command } from 'commander';
import type { OrdersFilled } from '../../../app/recovery/fill-orders';
import type { PlacementsFilled } from '../../../app/recovery/fill-placements';
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
      const { fillPlacements } = await import('../../../app/recovery/fill-placements.js');
      const { createOrderStore } = await import('../../../records/orders/order-store.js');
      const { createRegistry } = await import('../../../records/registry/registry.js');
      const { orders, placements } = await withBoth(configuration(), async ({ client, taskQueue, db }) => {
        const options = { isDryRun, onProgress: note };
        return {
          placements: await fillPlacements({ client, taskQueue, registry: createRegistry(db) }, options),
          orders: await fillOrders({ client, taskQueue, store: createOrderStore(db) }, options),
        };
      });
      print({ out }, json, { dryRun: isDryRun, orders, placements }, () => lines(orders, placements));
      if (orders.failed.length + placements.failed.length > 0) endWith(1);
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

function lines(
  { finished, open, unsaved, failed: orders }: OrdersFilled,
  filled: PlacementsFilled,
): string[] {
  const failed = [...orders, ...filled.failed];
  return [
    `Placements: ${filled.placements}`,
    `Finished orders with their final records: ${finished}`,
    `Open orders: ${open}`,
    ...(unsaved > 0 ? [`Orders that have no row by design, or save themselves: ${unsaved}`] : []),
    ...(failed.length > 0 ? [`Not stored: ${failed.length}`, ...failureLines(failed)] : []),
    failed.length > 0 ? 'Run this again once the cause is gone.' : 'All could be done.',
  ];
}
