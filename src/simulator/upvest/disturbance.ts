import { chanceOf } from './chance';
import type { AddressedEvent } from './webhook-batches';

/** What happens to events on their way to webhooks. Shares are of all events, from 0 to 1. */
export interface Disturbance {
  /** The same seed and the same number of events make the same decisions, for each webhook by itself. */
  seed: number;
  /** Share that is never delivered. */
  lose?: number;
  /** Share that is delivered a second time, some events later. */
  duplicate?: number;
  /** Share that is held back for so many real milliseconds. */
  delay?: { probability: number; ms: number };
  /** Share that is overtaken by some of the events after it. */
  shuffle?: number;
  /** Share that begins a new request. */
  split?: number;
}

/** An event may be overtaken by up to so many others. */
const longestDisplacement = 6;

export interface StreamContext {
  forward: (event: AddressedEvent, inNewRequest: boolean) => void;
  onLost: (event: AddressedEvent) => void;
  /** After so long without another event, nobody is going to overtake any more. */
  quietMs: () => number;
}

/**
 * The way of one webhook's events to its requests. Decisions hang on the seed and on the event's place in the stream
 * alone. Requests keep their events ascending, so that what comes out of order begins a request (`BatchForming`).
 */
export class DisturbedStream {
  private disturbance: Disturbance | undefined;
  private count = 0;
  private overtaken: { event: AddressedEvent; by: number }[] = [];
  private quiet: NodeJS.Timeout | undefined;
  private readonly delayed = new Map<AddressedEvent, NodeJS.Timeout>();

  constructor(private readonly context: StreamContext) {}

  /** Begins to count anew; what is under way goes on at once. */
  disturb(disturbance: Disturbance | undefined): void {
    this.flush();
    this.disturbance = disturbance;
    this.count = 0;
  }

  add(event: AddressedEvent): void {
    if (!this.disturbance) {
      this.context.forward(event, false);
      return;
    }
    const { lose = 0, delay, seed } = this.disturbance;
    this.count += 1;
    const chance = chancesOf(seed, this.count);
    const before = this.overtaken;
    this.overtaken = [];
    if (chance('lose') < lose) this.context.onLost(event);
    else if (delay && chance('delay') < delay.probability) this.delayBy(event, delay.ms);
    else this.place(event, this.disturbance, chance);
    this.letOvertake(before);
    clearTimeout(this.quiet);
    if (this.overtaken.length > 0) {
      this.quiet = setTimeout(() => {
        this.letGo();
      }, this.context.quietMs());
    }
  }

  /** Sends on all that is still under way. */
  flush(): void {
    for (const event of [...this.delayed.keys()]) this.arrive(event);
    this.letGo();
  }

  get empty(): boolean {
    return this.overtaken.length === 0 && this.delayed.size === 0;
  }

  close(): void {
    clearTimeout(this.quiet);
    this.delayed.forEach((timer) => {
      clearTimeout(timer);
    });
    this.delayed.clear();
    this.overtaken = [];
  }

  private place(
    event: AddressedEvent,
    { duplicate = 0, shuffle = 0, split = 0 }: Disturbance,
    chance: Chance,
  ): void {
    const displacement = (what: string): number => 1 + Math.floor(chance(what) * longestDisplacement);
    if (chance('shuffle') < shuffle) this.overtaken.push({ event, by: displacement('shuffled by') });
    else this.context.forward(event, chance('split') < split);
    if (chance('duplicate') < duplicate) this.overtaken.push({ event, by: displacement('copied by') });
  }

  private letOvertake(waiting: { event: AddressedEvent; by: number }[]): void {
    for (const { event, by } of waiting) {
      if (by > 1) this.overtaken.push({ event, by: by - 1 });
      else this.context.forward(event, false);
    }
  }

  private delayBy(event: AddressedEvent, ms: number): void {
    const timer = setTimeout(() => {
      this.arrive(event);
    }, ms);
    this.delayed.set(event, timer);
  }

  private arrive(event: AddressedEvent): void {
    clearTimeout(this.delayed.get(event));
    this.delayed.delete(event);
    this.context.forward(event, false);
  }

  private letGo(): void {
    clearTimeout(this.quiet);
    for (const { event } of this.overtaken.splice(0)) this.context.forward(event, false);
  }
}

/** A number from 0 up to 1 for each question about one event. */
type Chance = (what: string) => number;

function chancesOf(seed: number, place: number): Chance {
  return (what) => chanceOf(seed, place, what);
}
