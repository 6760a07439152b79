import type { Pace } from './options';

/** Node runs longer timers at once. 24 days are for ever in a simulator. */
const longestTimerMs = 2 ** 31 - 1;

interface Wait {
  kind: keyof Pace;
  /** What had passed before the timer was last started. */
  elapsedMs: number;
  startedAt: number;
  timer: NodeJS.Timeout | undefined;
  then: () => void;
}

/**
 * Waits named by what they wait for, so that a change of pace reaches those that run already, and a pause stops them
 * where they are.
 */
export class PacedWaits {
  private readonly waits = new Set<Wait>();
  private paused = false;

  constructor(private readonly pace: Pace) {}

  start(kind: keyof Pace, then: () => void): void {
    const wait: Wait = { kind, elapsedMs: 0, startedAt: 0, timer: undefined, then };
    this.waits.add(wait);
    this.arm(wait);
  }

  changePace(pace: Partial<Pace>): void {
    this.waits.forEach(disarm);
    Object.assign(this.pace, pace);
    this.armAll();
  }

  pause(): void {
    this.waits.forEach(disarm);
    this.paused = true;
    this.armAll();
  }

  resume(): void {
    this.waits.forEach(disarm);
    this.paused = false;
    this.armAll();
  }

  close(): void {
    this.waits.forEach(disarm);
    this.waits.clear();
  }

  private armAll(): void {
    for (const wait of this.waits) this.arm(wait);
  }

  private arm(wait: Wait): void {
    // A pause is for lives; what a client asked for is still decided.
    if (this.paused && wait.kind !== 'cancelAfterMs') return;
    const leftMs = Math.min(longestTimerMs, Math.max(0, this.pace[wait.kind] - wait.elapsedMs));
    wait.startedAt = Date.now();
    wait.timer = setTimeout(() => {
      this.waits.delete(wait);
      wait.then();
    }, leftMs);
  }
}

function disarm(wait: Wait): void {
  if (!wait.timer) return;
  clearTimeout(wait.timer);
  wait.timer = undefined;
  wait.elapsedMs += Date.now() - wait.startedAt;
}
