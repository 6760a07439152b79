/**
 * Compares Upvest's portfolio orders of a window of time with ours, and with what ESW accepted. Everything that it finds is in the
 * records database, so that its history stays small and every step may be repeated.
 */
import { proxyActivities, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import { BACKGROUND } from '../priorities';
import type { SweepActivities, SweepInput, SweepPage, SweepResult } from '../../contracts/sweep';

export async function reconciliationSweep(input: SweepInput): Promise<SweepResult> {
  const sweeping = proxyActivities<SweepActivities>({
    taskQueue: input.brokerTaskQueue,
    priority: BACKGROUND,
    startToCloseTimeout: '10m',
    heartbeatTimeout: '60s',
    // Then the sweep fails, and the next one covers its window, too.
    scheduleToCloseTimeout: '2h',
    retry: { initialInterval: '5s', maximumInterval: '5m' },
  });
  const { days, ...sweep } = await sweeping.beginSweep({ ...input, sweepId: workflowInfo().runId });
  let orders = 0;
  const show = (what: string): void => {
    setCurrentDetails(`Sweep of ${sweep.since} to ${sweep.until}\n\n${orders} orders read; ${what}`);
  };

  for (const day of days) {
    show(`listing the orders of ${day} at Upvest`);
    for (let offset: number | undefined = 0; offset !== undefined;) {
      const page: SweepPage = await sweeping.sweepPage({ sweep, day, offset });
      orders += page.orders;
      offset = page.next;
    }
  }

  if (input.import === undefined) {
    show('comparing open orders that no list had');
    for (let after: string | undefined = ''; after !== undefined;) {
      const part: Awaited<ReturnType<SweepActivities['sweepUnlisted']>> = await sweeping.sweepUnlisted({
        sweep,
        after,
      });
      after = part.after;
    }
  }

  let suspects = await sweeping.countSuspects({ sweep });
  if (suspects > 0) {
    // Webhooks about what was just seen may be under way.
    show(`${suspects} of them differ and are read again after a pause`);
    if (input.import === undefined) await sleep(input.graceMs);
    while (suspects > 0) {
      suspects = await sweeping.checkSuspects({ sweep });
      show(`${suspects} of those that differ are left`);
    }
  }
  const result = await sweeping.endSweep({ sweep });
  show(`${result.breaks} breaks, ${result.repaired} of them repaired`);
  return result;
}
