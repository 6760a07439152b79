import { condition } from '@temporalio/workflow';

/**
 * A serial worker beside the main loop of a workflow: an outage of the partner it
 * calls never blocks the tracking. Before continue-as-new it is paused, and finishes the work it has begun.
 */
export abstract class BackgroundTask {
  /** True while work is under way. */
  busy = false;
  /** Set before continue-as-new: no new work starts. */
  paused = false;
  /** Iterations so far; the main loop notices a new one. */
  iterations = 0;

  async run(): Promise<never> {
    for (;;) {
      await condition(() => !this.paused && this.hasWork());
      this.busy = true;
      await this.work();
      this.busy = false;
      this.iterations += 1;
    }
  }

  protected abstract hasWork(): boolean;
  protected abstract work(): Promise<void>;
}
