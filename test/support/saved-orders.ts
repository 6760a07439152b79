/** Orders in a few states, as they are saved in the records database. */
import { sql } from 'kysely';
import { createHash, randomUUID } from 'node:crypto';
import type { PortfolioOrderSettings } from '../../contracts/portfolio-order';
import type { OrderSave } from '../../src/app/ports/order-store';
import type { PlacementResult } from '../../src/domain/broker/placement';
import { close } from '../../src/domain/operator/operator-commands';
import { withBatch, withResults } from '../../src/domain/order/emission';
import { step } from '../../src/domain/order/step';
import { initialState, withObservations, withPlacement } from '../../src/domain/order/transitions';
import type { OrderState } from '../../src/domain/order-state/state';
import type { BuiltEvent } from '../../src/domain/outbox/outbox';
import type { RecordsDatabase } from '../../src/records/connect';
import { at, execution, facts, order, placement, portfolioOrder } from '../domain/samples';
import { policies, SECOND, T } from '../domain/order/waiting';

export const savedSettings: PortfolioOrderSettings = {
  policies,
  emission: { tenantCode: 'PFOLIO', actor: 'us', detail: 'portfolio' },
  brokerTaskQueue: 'broker',
  deployment: 'test',
};

/** A UUID that belongs to a name. */
export function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

export interface OrderToSave {
  portfolioOrderId?: string;
  /** Absent for an order that was adopted. */
  reference?: string;
  userId?: string;
}

/** An order with one child, of which Upvest has reported NEW. */
export function openOrder({
  portfolioOrderId = randomUUID(),
  reference,
  userId,
}: OrderToSave = {}): OrderState {
  let state = initialState(portfolioOrderId, T, policies, 'portfolio');
  const snapshot = portfolioOrder('NEW', {
    id: portfolioOrderId,
    source: placement,
    at: at(0),
    createdAt: at(0),
  });
  if (reference !== undefined) {
    const placed: PlacementResult = {
      reference,
      requestedAt: at(0),
      observation: snapshot,
      ...(userId !== undefined && { userId }),
    };
    state = withPlacement(state, placed, T);
  } else state = { ...withObservations(state, [snapshot]), adoptedAt: T };
  const child = order('NEW', { id: childOf(portfolioOrderId) });
  return step({ ...withObservations(state, [child]), recovery: 'recovered' }, T, policies);
}

export const childOf = (portfolioOrderId: string): string => idOf(`child of ${portfolioOrderId}`);

/** The next event of the order is in flight. */
export function inFlight(state: OrderState, body = '{"status":"NEW"}'): OrderState {
  const [{ seenAt: _, ...first } = { status: 'NEW' as const }] = state.emission.outbox;
  const event: BuiltEvent = { ...first, id: eventIdOf(state, first.status), body };
  return withBatch(state, [event], `ref-${state.record.portfolioOrderId}`);
}

export const eventIdOf = ({ record }: OrderState, status: string): string =>
  idOf(`event ${status} of ${record.portfolioOrderId}`);

/** ESW has accepted what is in flight. */
export function accepted(state: OrderState): OrderState {
  const results = state.emission.inFlight.map(({ id }) => ({ id, outcome: 'accepted' as const }));
  return withResults(state, results, T + 5 * SECOND);
}

/** Upvest has settled the order. */
export function settled(state: OrderState): OrderState {
  const { portfolioOrderId } = state.record;
  const child = childOf(portfolioOrderId);
  const id = idOf(`execution of ${portfolioOrderId}`);
  const observations = [
    order('FILLED', { id: child, executions: [facts('FILLED', { id })] }),
    execution('SETTLED', { of: child, id }),
    ...['PROCESSING', 'FILLED', 'SETTLED'].map((status) => portfolioOrder(status, { id: portfolioOrderId })),
  ];
  return step(withObservations(state, observations), T + 10 * SECOND, policies);
}

/** An operator has closed the order, which ends it. */
export function closed(
  state: OrderState,
  { actor = 'ada (ops-desk)', reason = 'Upvest confirms', now = T + 20 * SECOND } = {},
): OrderState {
  return close.apply(state, { actor, reason, evidence: 'ticket 4711' }, now).state;
}

export function saveOf(state: OrderState, more: Partial<OrderSave> = {}): OrderSave {
  return { version: 1, basedOn: 0, state, settings: savedSettings, ...more };
}

export const FINISHED_AT = new Date(T + 30 * SECOND).toISOString();

/** An order at its end, with its final record. */
export function finishOf(state: OrderState, more: Partial<OrderSave> = {}): OrderSave {
  const sent = inFlight(state);
  const { inFlight: events } = sent.emission;
  return saveOf(closed(accepted(sent)), { events, finishedAt: FINISHED_AT, ...more });
}

/** All rows are gone, and the chain begins anew. */
export async function emptyRecords(db: RecordsDatabase): Promise<void> {
  await sql`truncate orders, order_children, order_events, records, decisions, legal_holds`.execute(db);
  await sql`update chain_head set seq = 0, hash = ${'0'.repeat(64)}`.execute(db);
}
