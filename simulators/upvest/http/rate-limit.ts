/** Sliding-window rate limiter: at most `perSecond` calls in any second (references/upvest.md#rate-limits). */
export class RateLimit {
  /** Ring buffer with the times of the latest admitted calls; `next` is the index of the oldest. */
  private readonly admitted: number[] = [];
  private next = 0;

  constructor(private readonly perSecond: number) {}

  tryAcquire(nowMs = performance.now()): boolean {
    const oldest = this.admitted[this.next];
    if (oldest !== undefined && nowMs - oldest < 1000) return false;
    this.admitted[this.next] = nowMs;
    this.next = (this.next + 1) % this.perSecond;
    return true;
  }
}
