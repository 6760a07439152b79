import type { AccountSettings } from './account-settings';
import { problem } from './problem';

/** Throws what the account's settings want a cancel to be answered with. */
export function refuseCancel({ cancelAnswer = 'accepted' }: AccountSettings): void {
  if (cancelAnswer === 'accepted') return;
  throw problem(cancelAnswer, 'The order cannot be cancelled in its current state');
}
