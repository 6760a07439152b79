import type { Pace } from '../options';

/** The longest delay of a timer in Node.js (24 days); longer ones fire at once. */
const longestTimerMs = 2 ** 31 - 1;

interface PacedTimer {
  kind: keyof Pace;
  /** Milliseconds that elapsed before the timer was last armed. */
  elapsedMs: number;
  startedAt: number;
  handle: NodeJS.Timeout | undefined;
  then: () => void;
}

/**
 * Timers named by the pace setting they use: a change of pace also applies to running timers, and a pause keeps their
 * elapsed time.
 */
export class PacedTimers {
  private readonly timers = new Set<PacedTimer>();
  private paused = false;

  constructor(private readonly pace: Pace) {}

  start(kind: keyof Pace, then: () => void): void {
    const timer: PacedTimer = { kind, elapsedMs: 0, startedAt: 0, handle: undefined, then };
    this.timers.add(timer);
    this.arm(timer);
  }

  changePace(pace: Partial<Pace>): void {
    this.timers.forEach(disarm);
    Object.assign(this.pace, pace);
    this.armAll();
  }

  pause(): void {
    this.timers.forEach(disarm);
    this.paused = true;
    this.armAll();
  }

  resume(): void {
    this.timers.forEach(disarm);
    this.paused = false;
    this.armAll();
  }

  close(): void {
    this.timers.forEach(disarm);
    this.timers.clear();
  }

  private armAll(): void {
    for (const timer of this.timers) this.arm(timer);
  }

  private arm(timer: PacedTimer): void {
    // A pause stops orders; cancel requests are still decided.
    if (this.paused && timer.kind !== 'cancelAfterMs') return;
    const leftMs = Math.min(longestTimerMs, Math.max(0, this.pace[timer.kind] - timer.elapsedMs));
    timer.startedAt = Date.now();
    timer.handle = setTimeout(() => {
      this.timers.delete(timer);
      timer.then();
    }, leftMs);
  }
}

function disarm(timer: PacedTimer): void {
  if (!timer.handle) return;
  clearTimeout(timer.handle);
  timer.handle = undefined;
  timer.elapsedMs += Date.now() - timer.startedAt;
}
