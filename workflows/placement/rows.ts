/**
 * Keeps the row of a placement in the records database up to date. The placing activity stores what Upvest answers at once; all else
 * is stored here, in the background: the placement goes on while the database is away, and ends once its end is stored.
 */
import { ActivityFailure, log, patched, proxyActivities } from '@temporalio/workflow';
import type { PlacementRowActivities } from '../../contracts/activities';
import type { PlacementDecisions, PlacementView, PlacePortfolioOrderInput } from '../../contracts/placement';
import { seen } from './updates';

const { savePlacement } = proxyActivities<PlacementRowActivities>({
  startToCloseTimeout: '15s',
  // Rows have to be right soon after the database is back.
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s' },
});

export interface PlacementRow {
  /** Stores the view as it is now, in the background. */
  save(): void;
  /**
   * Stores the view as it is now.
   *
   * @param savedAt when the placing activity stored the placement, milliseconds since the epoch
   */
  saveAll(savedAt?: number): Promise<void>;
}

export function placementRow(
  input: PlacePortfolioOrderInput,
  view: PlacementView,
  decisions: PlacementDecisions,
): PlacementRow {
  let isStale = false;
  let saving: Promise<void> | undefined;
  let last = 0;

  async function work(): Promise<void> {
    while (isStale) {
      isStale = false;
      // A clock may lag behind that of the worker that stored the last view.
      last = Math.max(Date.now(), last + 1);
      const now = seen(view, decisions);
      try {
        const summary = 'Save the placement';
        await savePlacement.executeWithOptions({ summary }, [{ placement: input, view: now, at: last }]);
      } catch (error) {
        if (!(error instanceof ActivityFailure)) throw error;
        log.error('The placement is not stored in the records database', { error });
      }
    }
    saving = undefined;
  }

  const save = (): void => {
    // Runs of older code have no row.
    if (!patched('placement-rows')) return;
    isStale = true;
    saving ??= work();
  };

  return {
    save,
    async saveAll(savedAt) {
      last = Math.max(last, savedAt ?? 0);
      save();
      await saving;
    },
  };
}
