/**
 * Expected events at ESW for an order at its end, derived from the simulated broker alone, and the actual ones. Shares
 * no code with the product: ids, streams and sums are implemented here again (references/esw.md#streams, #ids,
 * #amounts, #order-of-events).
 */
import Big from 'big.js';
import { v5 as uuidv5 } from 'uuid';
import type { Stack } from '../../demo/stack';
import type { AuditFinding, StoredEvent } from '../../simulators/esw';

const NAMESPACE = '7c3db824-0079-5a91-8ba0-8bfba4cc2da2';

const SCOPES = { PORTFOLIO_ORDER: 'portfolio-order', ORDER: 'order', EXECUTION: 'execution' } as const;
type Kind = keyof typeof SCOPES;
const STREAMS: Record<'portfolio' | 'orders' | 'executions', readonly Kind[]> = {
  portfolio: ['PORTFOLIO_ORDER'],
  orders: ['PORTFOLIO_ORDER', 'ORDER'],
  executions: ['PORTFOLIO_ORDER', 'ORDER', 'EXECUTION'],
};

/** An order as filed at ESW: its id at the broker, and the reference of its own events. */
export interface Filed {
  portfolioOrderId: string;
  name: string;
}

/** Expected events by id: each status reached at the broker, and final settlement events of cancelled orders. */
export function expectedEvents(
  stack: Stack,
  { portfolioOrderId }: Filed,
  detail: keyof typeof STREAMS,
): Map<string, string> {
  const truth = stack.upvest.control.truth().filter((one) => one.portfolioOrderId === portfolioOrderId);
  const reached = truth.flatMap(({ kind, id, status }): [Kind, string, string][] => {
    const stream = STREAMS[detail].find((one) => one === kind);
    return stream === undefined ? [] : [[stream, id, status]];
  });
  const isCancelled = truth.some(({ kind, status }) => kind === 'PORTFOLIO_ORDER' && status === 'CANCELLED');
  const hasExecutions = truth.some(({ kind }) => kind === 'EXECUTION');
  if (isCancelled && hasExecutions) reached.push(['PORTFOLIO_ORDER', portfolioOrderId, 'CLOSED']);
  const { tenantCode } = stack.config.order.emission;
  return new Map(
    reached.map(([kind, id, status]) => [
      uuidv5(`${tenantCode}|${SCOPES[kind]}|${id.toLowerCase()}|${status}`, NAMESPACE),
      `${SCOPES[kind]} ${id} ${status}`,
    ]),
  );
}

/** Ids of the events of executions that the broker reported, and dated, before anything of their orders. */
export function executionsReportedFirst(stack: Stack, filed: Filed): string[] {
  const { events } = stack.upvest.control.portfolioOrder(filed.portfolioOrderId);
  const idsByName = new Map([...expectedEvents(stack, filed, 'executions')].map(([id, name]) => [name, id]));
  return events.flatMap(({ type, object }, index) => {
    if (type !== 'EXECUTION.FILLED') return [];
    const { id, order_id: orderId } = object as { id: string; order_id: string };
    const isFirst = !events.slice(0, index).some((one) => (one.object as { id?: string }).id === orderId);
    return isFirst ? [idsByName.get(`execution ${id} FILLED`) ?? ''] : [];
  });
}

/**
 * Audit findings except for times that go back: a status found by polling has the time of the object, and an earlier
 * one reported by webhook has that of the message, which may be later (references/esw.md#member-values).
 */
export function findingsButTimes(stack: Stack): AuditFinding[] {
  return stack.esw.control.audit().filter(({ code }) => code !== 'creation-time-went-backwards');
}

/** Audit findings for the events of an order and its children, as text. */
export function findingsAbout({ name }: Pick<Filed, 'name'>, findings: AuditFinding[]): string[] {
  return findings
    .filter(({ reference, parentReference }) => (parentReference ?? reference) === name)
    .map(({ code, detail }) => `${code}: ${detail}`);
}

/** Events that ESW stored for an order and its children, in order of acceptance. */
export function eventsOfFamily(stack: Stack, { name }: Pick<Filed, 'name'>): StoredEvent[] {
  const { control } = stack.esw;
  return [...control.events({ reference: name }), ...control.events({ parent: name })].sort(
    (a, b) => a.sequence - b.sequence,
  );
}

/** Names of the events, sorted; unexpected events have their id, type and reference. */
export function eventNames(events: StoredEvent[], expected: Map<string, string>): string[] {
  return events
    .map(({ body: { id = 'no id', lastTransaction, brandOrderReference } }) => {
      const unexpected = `unexpected ${lastTransaction?.type ?? '?'} of ${brandOrderReference ?? '?'}, ${id}`;
      return expected.get(id) ?? unexpected;
    })
    .sort();
}

/** Ids that came with more than one set of bytes, or with an idempotency key that is not the id. */
export function changedIds(stack: Stack): string[] {
  const bytes = new Map<string, Set<string>>();
  for (const { id = 'no id', sha256 } of stack.esw.control.receipts())
    bytes.set(id, (bytes.get(id) ?? new Set()).add(sha256));
  const changed = [...bytes].flatMap(([id, bodies]) => (bodies.size > 1 ? [id] : []));
  const misnamed = stack.esw.control
    .events()
    .flatMap(({ body: { id = 'no id' }, idempotencyKey }) => (idempotencyKey === id ? [] : [id]));
  return [...changed, ...misnamed];
}

/** Amounts by charge name, as the shortest decimal text. */
export type Sums = Record<string, string>;

interface Trade {
  status: string;
  side: string;
  cash_amount: string;
}

/** Sums of the broker's executions under their charge names at ESW; a rebalancing has separate sums for each side. */
function sumsOf(trades: readonly Trade[], isRebalancing = false): Sums {
  const sum = (some: readonly Trade[]): string =>
    some.reduce((total, { cash_amount: cash }) => total.plus(cash), new Big(0)).toFixed();
  const both = (some: readonly Trade[], suffix: string): Sums =>
    some.length === 0
      ? {}
      : {
          [`Executed${suffix}`]: sum(some.filter(({ status }) => status !== 'CANCELLED')),
          [`Settled${suffix}`]: sum(some.filter(({ status }) => status === 'SETTLED')),
        };
  if (!isRebalancing) return both(trades, '');
  const ofSide = (side: string): Trade[] => trades.filter((one) => one.side === side);
  return { ...both(ofSide('BUY'), 'Buy'), ...both(ofSide('SELL'), 'Sell') };
}

/** Current sums of the broker's executions: for the portfolio order, and for each child by its id. */
export function sumsAtBroker(
  stack: Stack,
  { portfolioOrderId }: Filed,
): { whole: Sums; children: Record<string, Sums> } {
  const { portfolioOrder, orders } = stack.upvest.control.portfolioOrder(portfolioOrderId);
  const trades = orders.flatMap(({ executions }) => executions);
  return {
    whole: sumsOf(trades, portfolioOrder.type === 'REBALANCING'),
    children: Object.fromEntries(orders.map(({ id, executions }) => [id, sumsOf(executions)])),
  };
}

/** Sums of moved money in the last event under a reference; undefined without events. */
export function lastSumsAtEsw(stack: Stack, reference: string): Sums | undefined {
  const last = stack.esw.control.events({ reference }).at(-1);
  return last === undefined ? undefined : sumsIn(last);
}

export function sumsIn({ body }: StoredEvent): Sums {
  const { balances } = body as {
    balances?: {
      balancesInCurrency?: { charges?: { name: string; value: { amount: number } }[] }[];
    };
  };
  const charges = (balances?.balancesInCurrency ?? []).flatMap((one) => one.charges ?? []);
  return Object.fromEntries(
    charges
      .filter(({ name }) => /^(Executed|Settled)/.test(name))
      .map(({ name, value }) => [name, new Big(String(value.amount)).toFixed()]),
  );
}

/** Types of the last transactions under a reference, in order of acceptance. */
export function typesAtEsw(stack: Stack, reference: string): (string | undefined)[] {
  return stack.esw.control.events({ reference }).map(({ body }) => body.lastTransaction?.type);
}
