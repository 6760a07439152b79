/** Runs orders through one side: places, delivers the signed webhooks one after another, and waits for ESW. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { EngineOptions } from './options';
import { orderEventsOf, WEBHOOK_PATH, type Basket, type SignedRequest } from './partners-messages';
import type { PartnersProcess } from './partners-process';
import type { Side } from './sides';

export interface LoadResult {
  /** From the first placement to the last acceptance. */
  seconds: number;
  /** Accepted by ESW. */
  orderEvents: number;
  /** Requests that were sent again, because the answer was another one than 2xx. */
  repeated: number;
  /** Milliseconds from sending a webhook request for the first time to its 200. */
  acknowledged: number[];
  /** Milliseconds from sending an order's last webhook request for the first time to ESW's acceptance of its last event. */
  delivered: number[];
}

const ORDER_LIMIT_MS = 120_000;
const CONNECTIONS = 64;
/** Seconds before a request is sent again, as Upvest does with webhooks (references/upvest.md#delivery-semantics). */
const BACK_OFF_SECONDS = [1, 2, 3, 5, 8, 13];

type Load = Pick<EngineOptions, 'atOnce' | 'rate' | 'children'> & {
  /** `open` leaves the orders open: without their last webhook request, which settles them. `close` is that request alone. */
  part?: 'open' | 'close';
  /** Events that ESW accepts of an order from now on. Default: all of an order that is settled as usual. */
  expectedOf?: (basket: Basket) => number;
};

/** @throws Error for a request that is not answered with 2xx after all repetitions, or for an order whose events do not reach ESW */
export async function runOrders(
  side: Side,
  baskets: readonly Basket[],
  partners: PartnersProcess,
  { atOnce, rate, children, part, expectedOf = () => orderEventsOf(side.stream, children) }: Load,
): Promise<LoadResult> {
  const pool = new Pool(side.url, { connections: CONNECTIONS });
  const acknowledged: number[] = [];
  const delivered: number[] = [];
  let repeated = 0;

  const post = async (path: string, headers: Record<string, string>, body: string): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await pool.request({ method: 'POST', path, headers, body });
      const text = await answer.body.text();
      if (answer.statusCode < 300) return;
      const seconds = BACK_OFF_SECONDS[attempt];
      if (answer.statusCode < 500 || seconds === undefined)
        throw new Error(`${side.name}: ${path} answered ${answer.statusCode} ${text}`);
      repeated += 1;
      await sleep(seconds * 1000);
    }
  };

  const late = (what: string): string =>
    `${side.name}: ${what} after ${ORDER_LIMIT_MS / 1000} s\n${side.lastWords()}`;

  const place = async (basket: Basket): Promise<void> => {
    const { path, headers, body } = side.order(basket);
    await post(path, { ...headers, 'content-type': 'application/json' }, JSON.stringify(body));
    await inTime(partners.placed(basket), () => late(`Upvest got no placement of ${basket.reference}`));
  };

  const runOrder = async (basket: Basket): Promise<void> => {
    if (part !== 'close') await place(basket);
    let sentAt = 0;
    for (const signed of requestsOf(basket, part)) {
      sentAt = performance.now();
      await post(WEBHOOK_PATH, signed.headers, signed.body);
      acknowledged.push(performance.now() - sentAt);
    }
    if (part === 'open') return;
    const expected = expectedOf(basket);
    await inTime(partners.accepted(basket, expected), () =>
      late(`ESW has ${partners.countOf(basket)} of ${expected} events of ${basket.reference}`),
    );
    delivered.push(performance.now() - sentAt);
  };

  const startedAt = performance.now();
  try {
    if (rate === undefined) await closedLoop(baskets, atOnce, runOrder);
    else await openLoop(baskets, rate, runOrder);
    const seconds = (performance.now() - startedAt) / 1000;
    const orderEvents = baskets.reduce((sum, basket) => sum + expectedOf(basket), 0);
    return { seconds, orderEvents, repeated, acknowledged, delivered };
  } finally {
    await pool.destroy();
  }
}

function requestsOf({ requests }: Basket, part: Load['part']): readonly SignedRequest[] {
  if (part === 'open') return requests.slice(0, -1);
  return part === 'close' ? requests.slice(-1) : requests;
}

async function closedLoop(
  baskets: readonly Basket[],
  atOnce: number,
  run: (basket: Basket) => Promise<void>,
): Promise<void> {
  const remaining = baskets.values();
  const one = async (): Promise<void> => {
    for (const basket of remaining) await run(basket);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

/** Starts at a fixed rate, however long orders take. */
async function openLoop(
  baskets: readonly Basket[],
  perSecond: number,
  run: (basket: Basket) => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  const running: Promise<void>[] = [];
  for (const [index, basket] of baskets.entries()) {
    const wait = startedAt + (index * 1000) / perSecond - performance.now();
    if (wait > 0) await sleep(wait);
    running.push(run(basket));
  }
  await Promise.all(running);
}

async function inTime(work: Promise<void>, problem: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(problem()));
    }, ORDER_LIMIT_MS);
  });
  await Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
  });
}
