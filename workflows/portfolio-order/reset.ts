/** Notices that Temporal reset this run: its history was cut, and what it did after the cut is missing from its state. */
import { patched } from '@temporalio/workflow';
import { getActivator, maybeGetActivator } from '@temporalio/workflow/lib/global-attributes';

/**
 * The SDK replaces the seed of the random numbers at the point of the history where the run was reset, and at no other.
 * It does so before it delivers anything, so this module, which is loaded before the first delivery, has the seed of
 * before. It is also loaded outside of workflows, where there is none.
 */
let seed = maybeGetActivator()?.randomnessSeed;

/** True once for each reset, before anything else of that workflow task. */
export function isNewlyReset(): boolean {
  const { randomnessSeed } = getActivator();
  if (randomnessSeed === seed) return false;
  seed = randomnessSeed;
  // Runs that were reset under earlier releases went on with the state that they had.
  return patched('recover-after-reset');
}
