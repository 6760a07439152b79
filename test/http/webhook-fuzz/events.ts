/** Webhook events, good ones and rubbish, and the bodies that they come in. */
import type { Random } from './random';

export interface GoodEvent {
  text: string;
  id: string;
  portfolioOrderId: string;
  /** Minimum that its order must receive. */
  observation: Record<string, unknown>;
  /** Personal data that must not go any further. */
  userId: string;
}

/** A body, and what must be found of it when its request was accepted. */
export interface FuzzBody {
  what: string;
  bytes: Buffer;
  /** Events that must reach their orders. */
  good: GoodEvent[];
  /** JSON texts that must reach an order or the dead-letter queue; bytes that are no JSON as latin1. */
  kept: string[];
}

/** Orders that the simulated Upvest can be asked for. */
export type KnownOrders = Map<string, string>;

type Json = Record<string, unknown>;

const STATUSES = ['NEW', 'PROCESSING', 'FILLED', 'CANCELLED'];

function moneyOf(random: Random): string {
  return `${random.between(1, 99_999)}.${random.digits(2)}`;
}

function timeOf(random: Random): string {
  return new Date(Date.UTC(2026, 0, 2) + random.below(86_400_000)).toISOString();
}

function executionOf(random: Random): { wire: Json; facts: Json } {
  const [id, status] = [random.uuid(), random.pick(['FILLED', 'SETTLED', 'CANCELLED'])];
  const [cash, shares, price] = [moneyOf(random), `${random.below(50)}.${random.digits(4)}`, moneyOf(random)];
  const common = { id, status, side: 'BUY', currency: 'EUR', price };
  return {
    wire: {
      ...common,
      cash_amount: cash,
      share_quantity: shares,
      taxes: [{ type: 'TOTAL', amount: '0.10' }],
    },
    facts: { ...common, cashAmount: cash, shareQuantity: shares, taxes: '0.10' },
  };
}

interface Parts {
  type: string;
  object: Json;
  portfolioOrderId: string;
  facts: Json;
}

function portfolioOrder(random: Random): Parts {
  const [id, account, cash, status] = [random.uuid(), random.uuid(), moneyOf(random), random.pick(STATUSES)];
  const orders = Array.from({ length: random.below(4) }, () => ({
    id: random.uuid(),
    side: 'BUY',
    status: random.pick(STATUSES),
  }));
  return {
    type: `PORTFOLIO_ORDER.${status}`,
    object: {
      id,
      account_id: account,
      cash_amount: cash,
      currency: 'EUR',
      status,
      type: 'BUY',
      post_tax: random.chance(0.5),
      client_reference: '',
      initiation_flow: 'API',
      orders,
    },
    portfolioOrderId: id,
    facts: { subject: 'portfolio-order', id, status, accountId: account, cashAmount: cash, orders },
  };
}

function order(random: Random): Parts {
  const [id, portfolioOrderId, cash, status] = [
    random.uuid(),
    random.uuid(),
    moneyOf(random),
    random.pick(STATUSES),
  ];
  const executions = Array.from({ length: random.below(3) }, () => executionOf(random));
  const fee = moneyOf(random);
  return {
    type: `ORDER.${status}`,
    object: {
      id,
      cash_amount: cash,
      quantity: '0',
      currency: 'EUR',
      side: 'BUY',
      instrument_id: 'IE00B3XXRP09',
      status,
      fee,
      initiation_flow: 'PORTFOLIO',
      client_reference: portfolioOrderId,
      executions: executions.map(({ wire }) => wire),
    },
    portfolioOrderId,
    facts: {
      subject: 'order',
      id,
      status,
      cashAmount: cash,
      fee,
      executions: executions.map(({ facts }) => facts),
    },
  };
}

function execution(random: Random, known: KnownOrders): Parts {
  const { wire, facts } = executionOf(random);
  const [orderId, portfolioOrderId] = [random.uuid(), random.uuid()];
  known.set(orderId, portfolioOrderId);
  return {
    type: `EXECUTION.${String(wire.status)}`,
    object: { ...wire, order_id: orderId },
    portfolioOrderId,
    facts: { subject: 'execution', status: wire.status, orderId, execution: facts },
  };
}

function cancellation(random: Random, known: KnownOrders): Parts {
  const [orderId, portfolioOrderId] = [random.uuid(), random.uuid()];
  known.set(orderId, portfolioOrderId);
  return {
    type: 'ORDER_CANCELLATION.REJECTED',
    object: { order_id: orderId, status: 'REJECTED', reason: 'too late' },
    portfolioOrderId,
    facts: { subject: 'order-cancellation', status: 'REJECTED', orderId, reason: 'too late' },
  };
}

function newEvent(random: Random, known: KnownOrders): { event: Json; good: Omit<GoodEvent, 'text'> } {
  const { type, object, portfolioOrderId, facts } = random.pick([
    portfolioOrder,
    order,
    execution,
    cancellation,
  ])(random, known);
  const [id, webhookId, at, userId] = [random.uuid(), random.uuid(), timeOf(random), random.uuid()];
  const source = { kind: 'webhook', eventId: id, webhookId };
  return {
    event: { id, created_at: at, type, object: { ...object, user_id: userId }, webhook_id: webhookId },
    good: { id, portfolioOrderId, observation: { source, at, ...facts }, userId },
  };
}

function goodEvent(random: Random, known: KnownOrders): GoodEvent {
  const { event, good } = newEvent(random, known);
  return { ...good, text: JSON.stringify(event) };
}

const envelope = (texts: string[]): Buffer => Buffer.from(`{"payload":[${texts.join(',')}]}`);

/**
 * One to five good events, in one of the envelopes that are read (references/upvest.md#webhook-envelope,
 * #known-inconsistencies no. 10).
 */
export function goodBody(random: Random, known: KnownOrders): FuzzBody {
  const good = Array.from({ length: random.between(1, 5) }, () => goodEvent(random, known));
  const texts = good.map(({ text }) => text);
  const bodies = [envelope(texts), envelope(texts), Buffer.from(`[${texts.join(', ')}]`)];
  if (texts.length === 1) bodies.push(Buffer.from(texts.join()));
  return { what: 'good events', bytes: random.pick(bodies), good, kept: [] };
}

/** Nothing that any field of an event may be, or at least nothing that anybody expects there. */
const WRONG: unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  12345678901234567890,
  '',
  ' ',
  '\u0000',
  '\ud83d',
  'ä€😀',
  'a\r\nb',
  'x'.repeat(5_000),
  '2026-13-45T99:99:99Z',
  '-1.00',
  '1e3',
  'NaN',
  '__proto__',
  'constructor',
  [],
  {},
  [[null]],
  { toString: 1 },
];
const TYPES = [
  'ORDER',
  'ORDER.',
  '.NEW',
  'order.new',
  'NOBODY.KNOWS',
  'ORDER_CANCELLATION.ACCEPTED',
  'A.B.C',
];

/** An event with one field that is missing, or is what it must not be. */
function spoiltEvent(random: Random, known: KnownOrders): string {
  const { event } = newEvent(random, known);
  const inObject = random.chance(0.6);
  const target = (inObject ? event.object : event) as Json;
  const field = random.pick(Object.keys(target));
  if (random.chance(0.2)) Reflect.deleteProperty(target, field);
  // An order of another flow is not ours, and its events are rightly dropped.
  else target[field] = random.pick(field === 'initiation_flow' ? [5, true, null, '', [], {}] : WRONG);
  if (field === 'type') target[field] = random.pick([...TYPES, 5, null, {}]);
  return JSON.stringify(event);
}

/** An event as text, with something in it that a JSON reader may stumble over. */
function trickyEvent(random: Random, known: KnownOrders): string {
  const { event } = newEvent(random, known);
  const depth = random.between(100, 1_500);
  const extra = random.pick([
    `"id":"${random.uuid()}"`,
    '"type":"NOBODY.KNOWS"',
    '"__proto__":{"type":"ORDER.NEW","status":"FILLED"}',
    '"constructor":{"prototype":{"id":"x"}}',
    '"number":1e999',
    '"number":-0.0000000000000000000000000000000000000000000000000000001e-400',
    `"number":${'9'.repeat(400)}`,
    String.raw`"lone":"\ud83d","\udc00":"\u0000"`,
    `"deep":${'['.repeat(depth)}${']'.repeat(depth)}`,
    `"deep":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
  ]);
  const text = JSON.stringify(event);
  return random.chance(0.5) ? `{${extra},${text.slice(1)}` : `${text.slice(0, -1)},${extra}}`;
}

const NO_EVENTS = ['null', 'true', '5', '-0', '""', '"event"', '[]', '{}', '[{}]', '{"id":""}', '{"id":5}'];

/** Good events with rubbish among them: none of them may be lost. */
export function rubbishBody(random: Random, known: KnownOrders): FuzzBody {
  const good = Array.from({ length: random.below(3) }, () => goodEvent(random, known));
  // So many that they are parked as one list, now and then.
  const count = random.chance(0.1) ? random.between(20, 40) : random.between(1, 6);
  const kept = Array.from({ length: count }, () =>
    random.pick([spoiltEvent, spoiltEvent, spoiltEvent, trickyEvent, () => random.pick(NO_EVENTS)])(
      random,
      known,
    ),
  );
  const texts = random.shuffled([...good.map(({ text }) => text), ...kept]);
  return { what: 'rubbish among events', bytes: envelope(texts), good, kept };
}

/** A body that is no list of events: it must be parked as a whole. */
export function brokenBody(random: Random, known: KnownOrders): FuzzBody {
  const text = envelope([goodEvent(random, known).text]);
  const bytes = random.pick<() => Buffer>([
    () => Buffer.alloc(0),
    () => random.bytes(random.between(1, 400)),
    () => text.subarray(0, random.between(1, text.length - 1)),
    () => Buffer.concat([text, Buffer.from(random.pick([']', '{}', ',', '\u0000', 'x']))]),
    () => Buffer.concat([Buffer.from('\ufeff'), text]),
    () => Buffer.concat([text, Buffer.from([0xc3, 0x28, 0xff])]),
    () => Buffer.from(text.toString('utf8'), 'utf16le'),
    () => Buffer.from(text.toString('utf8').replaceAll('"', "'")),
    () => Buffer.from(random.pick(['null', 'true', '5', '1e999', '"x"', '{}', ' ', '{"payload":{}}'])),
    () => Buffer.from(random.pick(['{"payload":null}', '{"payload":"[]"}', '{"events":[]}', 'NaN', '//'])),
    () => Buffer.from('{"__proto__":{"payload":[]}}'),
  ])();
  return { what: 'a body that is no list', bytes, good: [], kept: [bytes.toString('latin1')] };
}

const DEEP = 100_000;

/** A hundred thousand levels: a list of events or none. Of a list, each event is kept as it came; else the whole body. */
export function deepBody(random: Random, known: KnownOrders): FuzzBody {
  const lists = '['.repeat(DEEP) + ']'.repeat(DEEP);
  const objects = `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`;
  const good = goodEvent(random, known);
  const deepEvent = `{"id":"x","type":"NOBODY.KNOWS","object":${objects}}`;
  const unidentified = `{"id":5,"type":${objects}}`;
  const [text, events, kept = text] = random.pick<[text: string, good: GoodEvent[], kept?: string]>([
    ['['.repeat(DEEP), []],
    ['{"payload":['.repeat(DEEP), []],
    [`{"payload":${objects}}`, []],
    [lists, [], lists.slice(1, -1)],
    [`{"payload":[${good.text},${lists}]}`, [good], lists],
    [`{"payload":[${deepEvent},${good.text}]}`, [good], deepEvent],
    [`[${unidentified}]`, [], unidentified],
  ]);
  return { what: 'a deep body', bytes: Buffer.from(text), good: events, kept: [kept] };
}

/** One event in a body of just this many bytes. */
export function largeBody(random: Random, known: KnownOrders, bytes: number): FuzzBody {
  const { text, ...good } = goodEvent(random, known);
  const bare = envelope([`${text.slice(0, -1)},"padding":""}`]).length;
  const padded = `${text.slice(0, -1)},"padding":"${'x'.repeat(bytes - bare)}"}`;
  return { what: 'a large body', bytes: envelope([padded]), good: [{ ...good, text: padded }], kept: [] };
}
