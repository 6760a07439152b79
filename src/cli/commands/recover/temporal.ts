/** `portfolio-orders recover temporal`. */
import type { Command } from 'commander';
import type { OrdersRecovered } from '../../../app/recovery/recover-orders';
import type { PlacementsRecovered } from '../../../app/recovery/recover-placements';
import type { Failure } from '../../../app/recovery/work';
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
      const { recoverPlacements } = await import('../../../app/recovery/recover-placements.js');
      const { createOrderStore } = await import('../../../records/orders/order-store.js');
      const { createRecoveryStore } = await import('../../../records/recovery/recovery-store.js');
      const { createRegistry } = await import('../../../records/registry/registry.js');
      const { orders, placements } = await withBoth(configuration(), async ({ client, taskQueue, db }) => {
        const deps = { client, taskQueue, rows: createRecoveryStore(db) };
        const options = { isDryRun, onProgress: note };
        return {
          orders: await recoverOrders({ ...deps, saved: createOrderStore(db) }, options),
          placements: await recoverPlacements({ ...deps, registry: createRegistry(db) }, options),
        };
      });
      print({ out }, json, { dryRun: isDryRun, orders, placements }, () => [
        ...orderLines(orders, isDryRun),
        ...placementLines(placements, isDryRun),
        ...outcomeLines([...orders.failed, ...placements.failed]),
      ]);
      if (orders.failed.length + placements.failed.length + orders.endedInTemporal.length > 0) endWith(1);
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
  const { open, started, behind, current, finishedBefore, unsaved, endedInTemporal } = orders;
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
  ];
}

function placementLines(placements: PlacementsRecovered, isDryRun: boolean): string[] {
  const { open, running, ended, lookedUp, toSubmitAgain, interrupted } = placements;
  if (open === 0) return ['Open placements in the records database: 0'];
  const named = (what: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`  ${what}: ${names.length} (${someOf(names)})`];
  return [
    `Open placements in the records database: ${open}`,
    `  that run: ${running}`,
    `  that have ended in Temporal: ${ended}`,
    `  that Temporal has lost, ${isDryRun ? 'to be looked up' : 'looked up'} at Upvest: ${lookedUp}`,
    ...named('that never began, and start when the request is submitted again', toSubmitAgain),
    ...named('that were terminated, for "reconcile"', interrupted),
  ];
}

function outcomeLines(failed: readonly Failure[]): string[] {
  if (failed.length === 0) return ['All could be done.'];
  const again = 'Run this again once the cause is gone.';
  return [`Not recovered: ${failed.length}`, ...failureLines(failed), again];
}
