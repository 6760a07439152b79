import { condition } from '@temporalio/workflow';

/**
 * Something that goes on beside the main loop of a workflow, one piece of work after another: an outage of whoever it
 * talks to never holds up the tracking. Before continue-as-new a lane is paused, and finishes what it has begun.
 */
export abstract class Lane {
  /** True while a piece of work is under way. */
  busy = false;
  /** Set before continue-as-new: nothing new is begun. */
  paused = false;
  /** Pieces of work done so far; lets the main loop notice a new one. */
  turns = 0;

  async run(): Promise<never> {
    for (;;) {
      await condition(() => !this.paused && this.hasWork());
      this.busy = true;
      await this.work();
      this.busy = false;
      this.turns += 1;
    }
  }

  protected abstract hasWork(): boolean;
  protected abstract work(): Promise<void>;
}
