/** Reports and the log of decisions, as callers read them. */
import { invalidCursor } from './errors';
import { UnreadablePosition } from './ports/order-list';
import type { DecisionEntry, DecisionFilter, DecisionLog, DecisionPage } from './ports/reports';

/** Decisions of one query of {@link allDecisions}. */
const BATCH = 500;

/** @throws CallError for a cursor that no page had; RecordsUnavailable */
export async function decisionPage(
  log: DecisionLog,
  filter: DecisionFilter,
  part: { limit: number; cursor?: string },
): Promise<DecisionPage> {
  try {
    return await log.page(filter, part);
  } catch (error) {
    throw error instanceof UnreadablePosition ? invalidCursor() : error;
  }
}

/** All of them, in batches. @throws RecordsUnavailable */
export async function* allDecisions(
  log: DecisionLog,
  filter: DecisionFilter,
): AsyncGenerator<DecisionEntry[], void, undefined> {
  for (let cursor: string | undefined; ;) {
    const page: DecisionPage = await log.page(filter, {
      limit: BATCH,
      ...(cursor !== undefined && { cursor }),
    });
    yield page.decisions;
    if (page.next === undefined) return;
    cursor = page.next;
  }
}
