/** What the placing activity notes of a placement in the records database. Placing goes on while the database is away. */
import { activityInfo, log, type ApplicationFailure } from '@temporalio/activity';
import type { PortfolioOrderObservation } from '../../src/domain/broker/observation';
import { placedView, refusedView } from '../../src/domain/records/placement-row';
import { untilAborted, withTimeLimit } from '../../src/lib/timeout';
import { claimOf } from '../../src/app/placements/claim';
import type { PostPermission, Registry } from '../../src/app/ports/registry';
import type { UpvestRefused } from '../../src/upvest/client/errors';
import { problemOf } from '../support/broker-problem';
import { rejection } from './post-failure';
import type { PlacementRowActivities } from '../../contracts/activities';
import type { PlaceAtBrokerInput, PlacementView } from '../../contracts/placement';

/** Of each call while an order waits for it. Milliseconds. */
const TIME_LIMIT_MS = 2_000;

export interface PlacementRows {
  /** Notes that a POST begins. @returns undefined while the database is away */
  beginPost(input: PlaceAtBrokerInput): Promise<PostPermission | undefined>;
  /** @returns when it was stored, milliseconds since the epoch; undefined while the database is away */
  placed(input: PlaceAtBrokerInput, order: PortfolioOrderObservation): Promise<number | undefined>;
  /** Stores Upvest's rejection. @returns the failure that ends the activity */
  refused(input: PlaceAtBrokerInput, error: UpvestRefused): Promise<ApplicationFailure>;
}

export function createPlacementRows(registry: Registry): PlacementRows {
  async function inTime<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await withTimeLimit(TIME_LIMIT_MS, (limit) => untilAborted(work(), limit));
    } catch (error) {
      log.warn(`The records database could not be ${what}`, { error });
      return undefined;
    }
  }

  async function save(
    input: PlaceAtBrokerInput,
    view: PlacementView,
    at: number,
  ): Promise<number | undefined> {
    const saved = async () => {
      await registry.save(claimOf(input, { view }), at);
      return at;
    };
    return inTime('updated', saved);
  }

  return {
    beginPost(input) {
      const { workflowExecution, activityId, attempt } = activityInfo();
      // Activities of workflows are numbered.
      const by = { runId: workflowExecution?.runId ?? '', activity: Number(activityId) || 0, attempt };
      return inTime('asked about the placement', () =>
        registry.beginPost(claimOf(input), by, input.searchedAt),
      );
    },
    placed(input, { id }) {
      const at = Date.now();
      return save(input, placedView(input, id, at), at);
    },
    async refused(input, error) {
      const at = Date.now();
      return rejection(error, await save(input, refusedView(input, problemOf(error.problem), at), at));
    },
  };
}

export function createPlacementRowActivities(registry: Registry): PlacementRowActivities {
  return {
    savePlacement: ({ placement, view, at }) => registry.save(claimOf(placement, { view }), at),
  };
}
