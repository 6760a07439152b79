import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { WakeUpTimer } from './lazy-timer';

/**
 * The one timer of a run of revision 6 or earlier. Setting it to another time replaces the running timer in the same task, which costs two
 * history events; setting it to the same time costs none, so it may be set in every iteration of a loop.
 */
export class SingleTimer implements WakeUpTimer {
  private at: number | undefined;
  private scope: CancellationScope | undefined;

  fired = false;

  set(at: number | undefined, summary: string): void {
    if (at === this.at && !this.fired) return;
    this.scope?.cancel();
    this.at = at;
    this.fired = false;
    if (at === undefined) return;
    const scope = new CancellationScope();
    this.scope = scope;
    void scope.run(() => this.wait(at, scope, summary));
  }

  private async wait(at: number, scope: CancellationScope, summary: string): Promise<void> {
    try {
      await sleep(Math.max(1, at - Date.now()), { summary });
      if (this.scope === scope) this.fired = true;
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  }
}
