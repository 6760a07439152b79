/**
 * Shows that Upvest cannot be searched for the order of a placement, or read about it: in the view, in the timeline and in the
 * index.
 */
import { upsertSearchAttributes } from '@temporalio/workflow';
import { toIndex } from '../../src/domain/views/partner-trouble';
import { searchAttributes as keys } from '../../contracts/search-attributes';
import type { PlacementView } from '../../contracts/placement';
import { note } from './updates';
import { show } from './web-ui';

/**
 * @param began when the attempt began, milliseconds since the epoch
 * @returns true if that is news
 */
export function showSearchFailure(view: PlacementView, message: string, began: number): boolean {
  const { searchFailure: known } = view;
  const since = known?.since ?? new Date(began).toISOString();
  const isNews = known?.message !== message;
  if (isNews)
    upsertSearchAttributes([
      { key: keys.partnerTrouble, value: [toIndex({ partner: 'upvest', since, error: message })] },
    ]);
  note(view, { rule: 'placement:search-failed', text: `Upvest could not be read: ${message}` });
  show(view, { searchFailure: { since, attempts: (known?.attempts ?? 0) + 1, message } });
  return isNews;
}

/** Upvest answered. @returns true if that is news */
export function endSearchFailure(view: PlacementView): boolean {
  if (view.searchFailure === undefined) return false;
  const { since, attempts } = view.searchFailure;
  delete view.searchFailure;
  const count = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  note(view, {
    rule: 'placement:search-failed',
    text: `Upvest answers again, after ${count} since ${since}`,
  });
  upsertSearchAttributes([{ key: keys.partnerTrouble, value: [] }]);
  return true;
}
