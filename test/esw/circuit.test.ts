/** When a request to ESW may start; `client-limits.test.ts` shows the limit over sockets. */
import type { SinkOutcome } from '../../src/app/ports/fulfillment-sink';
import { createCircuit, type Circuit, type CircuitChange } from '../../src/esw/circuit';
import { rejection } from '../upvest/client/http-stub';

const ACCEPTED: SinkOutcome = { outcome: 'accepted' };
const REFUSED: SinkOutcome = { outcome: 'refused', refusal: { status: 400, message: 'no' } };
const failing = (id: string, more: object = {}): SinkOutcome => ({
  outcome: 'retry',
  refusal: { status: 503, message: `ESW answered 503 to ${id}: away`, correlationId: 'trace' },
  ...more,
});

let time = 0;
let random = 0;
let changes: CircuitChange[] = [];
/** Requests under way: ids, and how each is answered. */
let underWay: Map<string, (outcome: SinkOutcome) => void>;
let circuit: Circuit;

function start(maxInFlight = 64): void {
  [time, random, changes] = [0, 0, []];
  underWay = new Map();
  circuit = createCircuit({
    maxInFlight,
    clock: { now: () => time },
    random: () => random,
    onChange: (change) => changes.push(change),
  });
}
beforeEach(() => {
  start();
});

/** Lets promises that are settled go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A delivery whose request stays under way until {@link answer}. */
function begin(id: string, signal?: AbortSignal): Promise<SinkOutcome> {
  return circuit(id, () => new Promise((resolve) => underWay.set(id, resolve)), signal);
}
async function answer(id: string, outcome: SinkOutcome = ACCEPTED): Promise<void> {
  const resolve = underWay.get(id);
  if (resolve === undefined) throw new Error(`${id} is not under way`);
  underWay.delete(id);
  resolve(outcome);
  await settle();
}
const deliver = (id: string, outcome: SinkOutcome): Promise<SinkOutcome> =>
  circuit(id, () => Promise.resolve(outcome));

async function fail(count: number, outcome: (id: string) => SinkOutcome = failing): Promise<void> {
  for (let index = 0; index < count; index += 1) await deliver(`f-${index}`, outcome(`f-${index}`));
}

/** Starts many deliveries. @returns how many requests are under way */
async function sendMany(count: number, prefix = 'm'): Promise<number> {
  for (let index = 0; index < count; index += 1) void begin(`${prefix}-${index}`);
  await settle();
  return underWay.size;
}

describe('the circuit opens', () => {
  test('after ten events in a row without an answer, and then nothing is sent', async () => {
    await fail(9);
    expect(changes).toEqual([]);
    await fail(10);
    expect(changes).toEqual([{ state: 'open', cause: 'ESW answered 503: away', pauseMs: 5_000 }]);
    let isSent = false;
    const outcome = await circuit('next', () => {
      isSent = true;
      return Promise.resolve(ACCEPTED);
    });
    expect(isSent).toBe(false);
    expect(outcome).toEqual({
      outcome: 'retry',
      refusal: { status: 503, message: 'ESW answered 503: away' },
      unsentForMs: 5_000,
    });
  });

  test.each([
    ['an accepted event', ACCEPTED],
    ['a rejected one', REFUSED],
  ])('not if %s comes in between: ESW works', async (_what, outcome) => {
    await fail(9);
    await deliver('a', outcome);
    await fail(9);
    expect(changes).toEqual([]);
  });

  test('not for one event that fails every time', async () => {
    for (let time = 0; time < 50; time += 1) await deliver('poison', failing('poison'));
    expect(changes).toEqual([]);
  });

  test('never for rejected events', async () => {
    await fail(50, () => REFUSED);
    expect(changes).toEqual([]);
  });

  test('when ESW takes nothing of this deployment: others get this answer without a request', async () => {
    const refusal = { status: 401, message: 'No token from ESW: 401' };
    await fail(10, () => ({ outcome: 'unauthorised', refusal }));
    await expect(deliver('next', ACCEPTED)).resolves.toEqual({ outcome: 'unauthorised', refusal });
  });

  test('for as long as ESW asks, at most for half a minute', async () => {
    await fail(10, (id) => failing(id, { retryAfterMs: 20_000 }));
    expect(changes).toMatchObject([{ pauseMs: 20_000 }]);
    start();
    await fail(10, (id) => failing(id, { retryAfterMs: 3_600_000 }));
    expect(changes).toMatchObject([{ pauseMs: 30_000 }]);
  });

  test('for those that wait for their permit, too', async () => {
    start(10);
    expect(await sendMany(10)).toBe(10);
    const waiting = Array.from({ length: 30 }, (_, index) => begin(`w-${index}`));
    await settle();
    for (let index = 0; index < 10; index += 1) await answer(`m-${index}`, failing(`m-${index}`));
    // Each of the first nine failures gave its permit to the next.
    expect(underWay.size).toBe(9);
    await expect(waiting.at(-1)).resolves.toMatchObject({ unsentForMs: 5_000 });
  });
});

describe('while it is open', () => {
  beforeEach(async () => {
    await fail(10);
  });

  test('those that wait get different times', async () => {
    time = 2_000;
    random = 0.999;
    await expect(deliver('a', ACCEPTED)).resolves.toMatchObject({ unsentForMs: 5_498 });
    time = 4_999;
    random = 0;
    await expect(deliver('b', ACCEPTED)).resolves.toMatchObject({ unsentForMs: 1_000 });
  });

  test('a single event probes after the pause; the others are not sent meanwhile', async () => {
    time = 5_000;
    expect(await sendMany(20)).toBe(1);
  });

  test('a probe that fails begins a longer pause, up to half a minute', async () => {
    const pauses: number[] = [];
    for (let probe = 0; probe < 5; probe += 1) {
      time += 60_000;
      await deliver('probe', failing('probe'));
      const next = await deliver('next', ACCEPTED);
      pauses.push(('unsentForMs' in next && next.unsentForMs) || 0);
    }
    expect(pauses).toEqual([10_000, 20_000, 30_000, 30_000, 30_000]);
    expect(changes).toHaveLength(1);
  });

  test('a probe that is aborted, or has no answer yet, does not delay the next one', async () => {
    time = 5_000;
    const reason = new Error('worker stops');
    expect(await rejection(circuit('probe', () => Promise.reject(reason)))).toBe(reason);
    expect(await sendMany(5, 'early')).toBe(0);
    time = 15_000;
    expect(await sendMany(5, 'second')).toBe(1);
    time = 35_000;
    expect(await sendMany(5, 'third')).toBe(2);
    await answer('third-0');
    expect(changes.map(({ state }) => state)).toEqual(['open', 'closed']);
  });

  test('requests from before fail without a longer pause, and an answer to one closes it', async () => {
    start();
    const [late, good] = [begin('late'), begin('good')];
    await fail(10);
    await answer('late', failing('late'));
    expect(changes).toHaveLength(1);
    time = 1_000;
    await answer('good');
    expect(changes[1]).toEqual({ state: 'closed', afterMs: 1_000 });
    await Promise.all([late, good]);
  });
});

describe('the limit', () => {
  test('grows from one after an outage: it doubles with each round of answers', async () => {
    await fail(10);
    time = 5_000;
    await deliver('probe', ACCEPTED);
    expect(changes.map(({ state }) => state)).toEqual(['open', 'closed']);
    expect(await sendMany(200)).toBe(1);
    const rounds: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      for (const id of [...underWay.keys()]) await answer(id);
      rounds.push(underWay.size);
    }
    expect(rounds).toEqual([2, 4, 8, 16, 32, 64, 64]);
  });

  test('is halved by 429 and grows again', async () => {
    start(8);
    expect(await sendMany(40)).toBe(8);
    const busy: SinkOutcome = { outcome: 'retry', refusal: { status: 429, message: 'busy' } };
    await answer('m-0', busy);
    expect(underWay.size).toBe(7);
    for (const id of [...underWay.keys()].slice(0, 4)) await answer(id);
    // Four answers have added four to the four that were left.
    expect(underWay.size).toBe(8);
  });

  test('gives the permit of a waiter that is granted and aborted in the same moment to the next', async () => {
    start(1);
    const first = begin('first');
    const controller = new AbortController();
    const second = rejection(begin('second', controller.signal));
    const third = begin('third');
    await settle();
    const reason = new Error('worker stops');
    underWay.get('first')?.(ACCEPTED);
    controller.abort(reason);
    await first;
    expect(await second).toBe(reason);
    await settle();
    await answer('third');
    expect(await third).toBe(ACCEPTED);
  });
});
