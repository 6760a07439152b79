import { seededRandom } from '../../seeded-random';
import type { AddressedEvent } from './webhook-batches';

/** Random faults in the delivery of events. Probabilities apply per event, from 0 to 1. */
export interface Disturbance {
  /** The same seed makes the same decisions for the same sequence of events, separately for each webhook. */
  seed: number;
  /** Probability that an event is never delivered. */
  lose?: number;
  /** Probability of a second delivery, a few events later. */
  duplicate?: number;
  /** Probability of a delay by `ms` real milliseconds. */
  delay?: { probability: number; ms: number };
  /** Probability that later events overtake it. */
  shuffle?: number;
  /** Probability that an event starts a new request. */
  split?: number;
}

/** How many events can overtake an event at most. */
const maxDisplacement = 6;

export interface StreamContext {
  forward: (event: AddressedEvent, startsRequest: boolean) => void;
  onLost: (event: AddressedEvent) => void;
  /** After so many milliseconds without an event, overtaken events are sent. */
  idleMs: () => number;
}

/**
 * Applies a disturbance to the events of one webhook. Decisions depend only on the seed and the event's position in the
 * stream. `BatchBuilder` keeps the events of a request ascending, so an event out of order starts a new request.
 */
export class DisturbedDelivery {
  private disturbance: Disturbance | undefined;
  private count = 0;
  private overtaken: { event: AddressedEvent; by: number }[] = [];
  private idleTimer: NodeJS.Timeout | undefined;
  private readonly delayed = new Map<AddressedEvent, NodeJS.Timeout>();

  constructor(private readonly context: StreamContext) {}

  /** Sends pending events and restarts the sequence of decisions. */
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
    const random = randomFor(seed, this.count);
    const before = this.overtaken;
    this.overtaken = [];
    if (random('lose') < lose) this.context.onLost(event);
    else if (delay && random('delay') < delay.probability) this.delayBy(event, delay.ms);
    else this.place(event, this.disturbance, random);
    this.letOvertake(before);
    clearTimeout(this.idleTimer);
    if (this.overtaken.length > 0) {
      this.idleTimer = setTimeout(() => {
        this.sendOvertaken();
      }, this.context.idleMs());
    }
  }

  /** Sends all delayed and overtaken events. */
  flush(): void {
    for (const event of [...this.delayed.keys()]) this.arrive(event);
    this.sendOvertaken();
  }

  get empty(): boolean {
    return this.overtaken.length === 0 && this.delayed.size === 0;
  }

  close(): void {
    clearTimeout(this.idleTimer);
    this.delayed.forEach((timer) => {
      clearTimeout(timer);
    });
    this.delayed.clear();
    this.overtaken = [];
  }

  private place(
    event: AddressedEvent,
    { duplicate = 0, shuffle = 0, split = 0 }: Disturbance,
    random: RandomFor,
  ): void {
    const displacement = (purpose: string): number => 1 + Math.floor(random(purpose) * maxDisplacement);
    if (random('shuffle') < shuffle) this.overtaken.push({ event, by: displacement('shuffled by') });
    else this.context.forward(event, random('split') < split);
    if (random('duplicate') < duplicate) this.overtaken.push({ event, by: displacement('copied by') });
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

  private sendOvertaken(): void {
    clearTimeout(this.idleTimer);
    for (const { event } of this.overtaken.splice(0)) this.context.forward(event, false);
  }
}

/** A pseudo-random number in [0, 1) per decision about one event. */
type RandomFor = (purpose: string) => number;

function randomFor(seed: number, position: number): RandomFor {
  return (purpose) => seededRandom(seed, position, purpose);
}
