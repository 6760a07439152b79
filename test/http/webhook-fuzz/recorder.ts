/** Stands in for Temporal: remembers what was taken, and finds out what is missing or too much. */
import type { OrderSignals } from '../../../src/app/orders/deliver';
import type { ParkedEvent } from '../../../src/app/parked-events/park';
import type { FuzzBody, GoodEvent } from './events';

interface Delivered {
  portfolioOrderId: string;
  observation: unknown;
}

export class Recorder {
  private readonly delivered = new Map<string, Delivered[]>();
  /** Texts as they were parked; bytes that are no JSON as latin1. */
  private readonly parked: string[] = [];

  readonly deliver: OrderSignals['deliver'] = (portfolioOrderId, observations) => {
    for (const observation of observations) {
      const { source } = observation;
      add(this.delivered, source.kind === 'webhook' ? `id ${source.eventId}` : source.kind, {
        portfolioOrderId,
        observation,
      });
    }
    return Promise.resolve({ kind: 'delivered' });
  };

  readonly park = (event: ParkedEvent): Promise<void> => {
    this.parked.push(typeof event.raw === 'string' ? event.raw : event.raw.toString('latin1'));
    return Promise.resolve();
  };

  /** One sentence for everything that was lost, changed, or taken although it should not have been. */
  complaints(accepted: FuzzBody[]): string[] {
    const wanted = new Map<string, string[]>();
    const complaints: string[] = [];
    for (const { good, kept } of accepted) {
      for (const event of good) {
        add(wanted, `id ${event.id}`, event.text);
        complaints.push(...this.complaintsOf(event));
      }
      for (const text of kept) add(wanted, keyOf(text), text);
    }
    const parked = new Map<string, string[]>();
    for (const text of this.parked) {
      for (const one of wanted.has(keyOf(text)) ? [text] : singly(text)) add(parked, keyOf(one), one);
    }
    for (const key of new Set([...wanted.keys(), ...this.delivered.keys(), ...parked.keys()])) {
      const texts = wanted.get(key) ?? [];
      const kept = parked.get(key) ?? [];
      const taken = kept.length + (this.delivered.get(key)?.length ?? 0);
      if (taken !== texts.length) complaints.push(`${key} was taken ${taken} times of ${texts.length}`);
      const known = new Set(texts.map(canonical));
      for (const text of kept) if (!known.has(canonical(text))) complaints.push(`${key} was parked changed`);
    }
    return complaints;
  }

  private complaintsOf({ id, portfolioOrderId, observation, userId }: GoodEvent): string[] {
    const found = this.delivered.get(`id ${id}`) ?? [];
    if (found.length === 0) return [`good event ${id} was not delivered`];
    return found.flatMap((one) => [
      ...(one.portfolioOrderId === portfolioOrderId ? [] : [`good event ${id} came to another order`]),
      ...(includes(one.observation, observation) ? [] : [`good event ${id} was changed`]),
      ...(JSON.stringify(one.observation).includes(userId) ? [`good event ${id} leaked the user id`] : []),
    ]);
  }
}

/** Many events of a request may be parked as one list. */
function singly(text: string): string[] {
  const value = parsed(text);
  return Array.isArray(value) ? value.map(written) : [text];
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** Under what an event is found again: its id, or else all of it. */
function keyOf(text: string): string {
  const value = parsed(text);
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof id === 'string' ? `id ${id}` : canonical(text);
}

function canonical(text: string): string {
  const value = parsed(text);
  return value === undefined ? text : written(value);
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A value as JSON, however deep: what `JSON.stringify` can write depends on how much stack its caller has left. */
function written(root: unknown): string {
  const done: string[] = [];
  const todo: ({ text: string } | { value: unknown })[] = [{ value: root }];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if ('text' in next) {
      done.push(next.text);
    } else if (typeof next.value !== 'object' || next.value === null) {
      done.push(JSON.stringify(next.value));
    } else {
      const [open, close] = Array.isArray(next.value) ? '[]' : '{}';
      done.push(open ?? '');
      todo.push({ text: close ?? '' });
      for (const [index, [key, value]] of Object.entries(next.value).reverse().entries()) {
        if (index > 0) todo.push({ text: ',' });
        todo.push({ value });
        if (open === '{') todo.push({ text: `${JSON.stringify(key)}:` });
      }
    }
  }
  return done.join('');
}

/** Whether `actual` has all of `expected`, lists in full. */
function includes(actual: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return Object.is(actual, expected);
  if (typeof actual !== 'object' || actual === null) return false;
  if (Array.isArray(expected) && (actual as unknown[]).length !== expected.length) return false;
  return Object.entries(expected).every(([key, value]) =>
    includes((actual as Record<string, unknown>)[key], value),
  );
}
