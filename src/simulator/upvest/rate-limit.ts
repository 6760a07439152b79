/** Admits at most so many calls within any second (upvest.md 3.10). */
export class RateLimit {
  /** Moments of the calls admitted last, written round and round; the next place holds the oldest. */
  private readonly admitted: number[] = [];
  private place = 0;

  constructor(private readonly perSecond: number) {}

  admits(nowMs = performance.now()): boolean {
    const oldest = this.admitted[this.place];
    if (oldest !== undefined && nowMs - oldest < 1000) return false;
    this.admitted[this.place] = nowMs;
    this.place = (this.place + 1) % this.perSecond;
    return true;
  }
}
