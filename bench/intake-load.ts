/** Pre-signed webhook requests of five events each, and two ways to send them. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Pool } from 'undici';
import type { UpvestVerifyKey } from '../src/upvest/model/schemas';
import { WEBHOOK_PATH } from './webhook-server';

export const EVENTS_PER_REQUEST = 5;
/** Number of portfolio orders in the load; a request has events of one of them. */
const PORTFOLIO_ORDERS = 5_000;
const SIGNING_AT_ONCE = 8;
const CONNECTIONS = 32;
const KEY_ID = '11111111-2222-4333-8444-555555555555';
const signAsync = promisify(sign);

/** A request without its body, which is built when it is sent to save memory. */
interface SignedRequest {
  number: number;
  headers: Record<string, string>;
}

export class Signer {
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'secp521r1' });
  private signed = 0;

  get publicKey(): KeyObject {
    return this.keys.publicKey;
  }

  get privateKey(): KeyObject {
    return this.keys.privateKey;
  }

  verifyKeys(): UpvestVerifyKey[] {
    const { kty = '', crv, x, y } = this.keys.publicKey.export({ format: 'jwk' });
    return [{ kid: KEY_ID, kty, crv, x, y }];
  }

  /** New requests, each with its own nonce. */
  async sign(count: number): Promise<SignedRequest[]> {
    const first = this.signed;
    this.signed += count;
    const load: SignedRequest[] = [];
    let next = first;
    const work = async (): Promise<void> => {
      while (next < first + count) load.push(await this.seal(next++));
    };
    await Promise.all(Array.from({ length: SIGNING_AT_ONCE }, work));
    return load;
  }

  /** v6 with Upvest's components (references/upvest.md#webhook-signature). */
  private async seal(number: number): Promise<SignedRequest> {
    const body = bodyOf(number);
    const covered = {
      '@method': 'POST',
      '@path': WEBHOOK_PATH,
      'content-length': String(Buffer.byteLength(body)),
      'content-type': 'application/json',
      digest: `SHA-256=${createHash('sha256').update(body).digest('base64')}`,
    };
    const created = Math.floor(Date.now() / 1000);
    const list = Object.keys(covered).map((name) => `"${name}"`);
    const input = `(${list.join(' ')});keyid="${KEY_ID}";created=${created};nonce="${10 ** 9 + number}";expires=${created + 3600}`;
    const lines = Object.entries(covered).map(([name, value]) => `${name}: ${value}`);
    const base = Buffer.from([...lines, `@signature-params: ${input}`].join('\n'));
    const signature = await signAsync('sha512', base, this.keys.privateKey);
    const headers = Object.fromEntries(Object.entries(covered).filter(([name]) => !name.startsWith('@')));
    return {
      number,
      headers: {
        ...headers,
        'signature-input': `sig1=${input}`,
        signature: `sig1=:${signature.toString('base64')}:`,
      },
    };
  }
}

const idOf = (kind: string, number: number): string =>
  `${kind}-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** Typical events of a running portfolio order, as Upvest batches them. */
function bodyOf(number: number): string {
  const about = number % PORTFOLIO_ORDERS;
  const at = '2026-01-02T09:00:01.250Z';
  const portfolioOrder = {
    id: idOf('aaaaaaaa', about),
    created_at: at,
    updated_at: at,
    user_id: idOf('bbbbbbbb', about),
    account_id: idOf('cccccccc', about),
    cash_amount: '250.00',
    currency: 'EUR',
    status: 'PROCESSING',
    type: 'BUY',
    post_tax: false,
    client_reference: '',
    initiation_flow: 'API',
    orders: [{ id: idOf('dddddddd', about), side: 'BUY', status: 'PROCESSING' }],
  };
  const order = {
    ...portfolioOrder,
    id: idOf('dddddddd', about),
    side: 'BUY',
    instrument_id: 'IE00B3XXRP09',
    quantity: '0',
    initiation_flow: 'PORTFOLIO',
    client_reference: portfolioOrder.id,
    executions: [],
  };
  const execution = {
    id: idOf('eeeeeeee', about),
    order_id: order.id,
    status: 'FILLED',
    side: 'BUY',
    cash_amount: '250.00',
    currency: 'EUR',
    share_quantity: '1.3271',
    price: '113.03',
    transaction_time: at,
    taxes: [{ type: 'TOTAL', amount: '0' }],
  };
  const events = [
    ['PORTFOLIO_ORDER.PROCESSING', portfolioOrder],
    ['ORDER.PROCESSING', order],
    ['EXECUTION.FILLED', execution],
    ['ORDER.FILLED', { ...order, status: 'FILLED', executions: [execution] }],
    ['EXECUTION.SETTLED', { ...execution, status: 'SETTLED' }],
  ].map(([type, object], index) => ({
    id: idOf('ffffffff', number * EVENTS_PER_REQUEST + index),
    created_at: at,
    type,
    object,
    webhook_id: idOf('99999999', 0),
  }));
  return JSON.stringify({ payload: events });
}

export interface Sent {
  /** Milliseconds per request. */
  latencies: number[];
  seconds: number;
  /** Answers other than 200. */
  failed: number;
}

/** Sends the next request after each answer, until the time is over or the load is used up (closed loop). */
export async function saturate(url: string, load: SignedRequest[], seconds: number): Promise<Sent> {
  return measured(url, async (send) => {
    const end = performance.now() + seconds * 1000;
    const remaining = load.values();
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        for (const signed of remaining) {
          await send(signed, performance.now());
          if (performance.now() >= end) return;
        }
      }),
    );
  });
}

/** Sends at a fixed rate (open loop); latency counts from the scheduled time. */
export async function steady(url: string, load: SignedRequest[], perSecond: number): Promise<Sent> {
  return measured(url, async (send) => {
    const startedAt = performance.now();
    const running: Promise<void>[] = [];
    for (const [index, signed] of load.entries()) {
      const dueAt = startedAt + (index * 1000) / perSecond;
      while (performance.now() < dueAt) await sleep(Math.max(0, dueAt - performance.now()));
      running.push(send(signed, dueAt));
    }
    await Promise.all(running);
  });
}

async function measured(
  url: string,
  run: (send: (signed: SignedRequest, since: number) => Promise<void>) => Promise<void>,
): Promise<Sent> {
  const pool = new Pool(url, { connections: CONNECTIONS });
  const latencies: number[] = [];
  let failed = 0;
  const startedAt = performance.now();
  await run(async ({ number, headers }, since) => {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: WEBHOOK_PATH,
      headers,
      body: bodyOf(number),
    });
    await body.dump();
    latencies.push(performance.now() - since);
    if (statusCode !== 200) failed += 1;
  });
  const seconds = (performance.now() - startedAt) / 1000;
  await pool.close();
  return { latencies, seconds, failed };
}
