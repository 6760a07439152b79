import type { AccountSettings } from '../access/account-settings';
import { problem } from '../http/problem';

/** @throws Problem when the account's settings reject cancels. */
export function rejectCancel({ cancelAnswer = 'accepted' }: AccountSettings): void {
  if (cancelAnswer === 'accepted') return;
  throw problem(cancelAnswer, 'The order cannot be cancelled in its current state');
}
