import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/**
 * The one timer of a workflow. Setting it to another time replaces the running timer in the same task, which costs two
 * history events; setting it to the same time costs none, so it may be set on every turn of a loop.
 */
export class Alarm {
  private at: number | undefined;
  private scope: CancellationScope | undefined;

  /** True from the moment the time has come until the alarm is set again. */
  rang = false;

  /** @param at milliseconds since the epoch; undefined turns the alarm off. */
  set(at: number | undefined, summary: string): void {
    if (at === this.at && !this.rang) return;
    this.scope?.cancel();
    this.at = at;
    this.rang = false;
    if (at === undefined) return;
    const scope = new CancellationScope();
    this.scope = scope;
    void scope.run(() => this.wait(at, scope, summary));
  }

  private async wait(at: number, scope: CancellationScope, summary: string): Promise<void> {
    try {
      await sleep(Math.max(1, at - Date.now()), { summary });
      if (this.scope === scope) this.rang = true;
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  }
}
