import { sleep } from '@temporalio/workflow';

/** Wakes a loop at a time that changes often. */
export interface WakeUpTimer {
  /** True once it is time, until the timer is set again. */
  readonly fired: boolean;
  /**
   * To be called in every iteration.
   *
   * @param at milliseconds since the epoch; undefined for never
   */
  set(at: number | undefined, summary: string): void;
}

/**
 * Timers that are never stopped: one that runs until then or earlier wakes the loop, which sets the next. Waits mostly move to
 * later, so this saves the stop and the new start for each of them, at the cost of a workflow task when an outdated timer fires;
 * and a short wait leaves the timer of a long one running.
 */
export class LazyTimer implements WakeUpTimer {
  private readonly running = new Set<number>();
  fired = false;

  set(at: number | undefined, summary: string): void {
    this.fired = false;
    if (at === undefined || [...this.running].some((running) => running <= at)) return;
    void this.wait(at, summary);
  }

  private async wait(at: number, summary: string): Promise<void> {
    this.running.add(at);
    await sleep(Math.max(1, at - Date.now()), { summary });
    this.running.delete(at);
    this.fired = true;
  }
}
