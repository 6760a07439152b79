/** Continue-as-new: when a run has become too long, and what the next one would lose. */
import { makeContinueAsNewFunc, workflowInfo, type Workflow } from '@temporalio/workflow';

/** @param limit history events of one run */
export function isHistoryLong(limit: number): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength > limit;
}

/**
 * Continues as new with the memo, which would be lost.
 *
 * @param openedAt when the first run started, ISO 8601 UTC: the list shows by it since when the order is known
 */
export function nextRun<F extends Workflow>(openedAt: string): ReturnType<typeof makeContinueAsNewFunc<F>> {
  return makeContinueAsNewFunc<F>({ memo: { ...workflowInfo().memo, openedAt } });
}
