/** Shows why Upvest takes no POST: in the view, in the timeline, in the index, and as an attention. */
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { SearchAttributePair } from '@temporalio/common';
import { describePostFailure, isStopFlagged, type PostFailure } from '../../src/domain/broker/placement-stop';
import { toIndex } from '../../src/domain/views/partner-trouble';
import { searchAttributes as keys } from '../../contracts/search-attributes';
import type { PlacementView } from '../../contracts/placement';
import { note } from './updates';
import { show } from './web-ui';

/** @returns true if that is news */
export function showStop(
  view: PlacementView,
  failure: PostFailure,
  { count, pauseMs }: { count: number; pauseMs: number },
): boolean {
  const now = Date.now();
  const until = new Date(now + pauseMs).toISOString();
  const isFlagged = isStopFlagged(failure, count);
  const { why = 'unavailable' } = failure;
  const message = describePostFailure(failure);
  const since = view.stopped?.since ?? new Date(now).toISOString();
  const changes: SearchAttributePair[] = [];
  if (isFlagged && view.stopped?.flagged === undefined)
    changes.push({ key: keys.attention, value: ['PLACEMENT_STOPPED'] });
  if (view.stopped?.message !== message)
    changes.push({
      key: keys.partnerTrouble,
      value: [toIndex({ partner: 'upvest', since, error: message })],
    });
  if (changes.length > 0) upsertSearchAttributes(changes);
  note(view, { rule: 'placement:stopped', text: `No attempt to place the order got through: ${message}` });
  show(view, {
    stopped: {
      why,
      message,
      since,
      until,
      count,
      ...((isFlagged || view.stopped?.flagged) && { flagged: true }),
    },
    waitingFor: WAITING_FOR[why](until),
  });
  return changes.length > 0;
}

const WAITING_FOR: Record<NonNullable<PostFailure['why']>, (until: string) => string> = {
  unauthorised: (until) =>
    `An operator to fix credentials, scope, address or proxy of Upvest; the next attempt is at ${until}.`,
  busy: (until) => `The end of the pause that Upvest requested, at ${until}.`,
  unavailable: (until) => `Upvest to answer the POST; the next attempt is at ${until}.`,
};

/** Ends the attention and the pause of a placement whose outcome is known. */
export function endStop(view: PlacementView): void {
  const { stopped } = view;
  if (stopped === undefined) return;
  delete view.stopped;
  const { count, since } = stopped;
  const pauses = count === 1 ? '1 pause' : `${count} pauses`;
  note(view, { rule: 'placement:stopped', text: `The attempts ended, after ${pauses} since ${since}` });
  upsertSearchAttributes([
    { key: keys.partnerTrouble, value: [] },
    ...(stopped.flagged ? [{ key: keys.attention, value: [] }] : []),
  ]);
}
