/** Webhook events, read tolerantly: what cannot be read is a result that somebody parks, never an exception. */
import { z } from 'zod';
import type { Observation, ObservationSource } from '../domain/observation';
import { describeIssues, present } from '../json';
import { toExecutionObservation, toOrderObservation, toPortfolioOrderObservation } from './observations';
import type { UpvestOrder } from './schemas';
import {
  eventSchema,
  orderCancellationSchema,
  orderedExecutionSchema,
  orderSchema,
  portfolioOrderSchema,
  rebalancingExecutionOrderSchema,
} from './schemas';

/** Whose event it is (upvest.md 7). An order id must still be resolved to its portfolio order. */
export type EventRoute = { portfolioOrderId: string } | { orderId: string };

/** An event that tells something about an order. */
export interface ObservationEvent {
  kind: 'observation';
  eventId: string;
  type: string;
  route: EventRoute;
  /** Of `ORDER.*` and `PORTFOLIO_ORDER.*`: tells children of portfolio orders from others without asking Upvest. */
  initiationFlow?: string;
  observation: Observation;
}

/** `REBALANCING_EXECUTION_ORDER.*` (upvest.md 3.6): about the step before a portfolio order, which it may name. */
export interface RebalancingEvent {
  kind: 'rebalancing';
  eventId: string;
  type: string;
  /** ISO 8601, UTC. */
  at: string;
  /** Id of the rebalancing execution order. */
  id: string;
  status: string;
  executionId?: string;
  accountId?: string;
  portfolioOrderId?: string;
  cancellationReason?: string;
  cancellationDetails?: string;
}

/** An event to park: its schema or its type is not one we know. `detail` names fields, not values. */
export interface UnreadableEvent {
  kind: 'unreadable';
  reason: 'UNREADABLE' | 'UNKNOWN_TYPE';
  detail: string;
  eventId?: string;
  type?: string;
}

export type ReadEvent = ObservationEvent | RebalancingEvent | UnreadableEvent;

/**
 * The events of a request's body: `{ payload: [...] }`, an array, or one bare event (upvest.md 5.1, 6 no. 10).
 *
 * @returns undefined when the body is none of these
 */
export function readEnvelope(body: unknown): unknown[] | undefined {
  if (Array.isArray(body)) return body as unknown[];
  const envelope = z.object({ payload: z.array(z.unknown()) }).safeParse(body);
  if (envelope.success) return envelope.data.payload;
  return z.object({ type: z.string(), object: z.unknown() }).safeParse(body).success ? [body] : undefined;
}

/**
 * Reads one event. Statuses are taken as they come; only ids, a status and the money of an execution must be there.
 *
 * @param receivedAt ISO 8601; stands in where neither the event nor its object says when
 */
export function readEvent(raw: unknown, receivedAt: string): ReadEvent {
  const parsed = eventSchema.safeParse(raw);
  if (!parsed.success) return unreadable(raw, parsed.error);
  const { id: eventId, type, object, created_at: createdAt, webhook_id: webhookId } = parsed.data;
  const [, category, announced] = /^([A-Z_]+)\.([A-Z_]+)$/.exec(type) ?? [];
  const read = READERS.get(category ?? '');
  // The only documented cancellation event (upvest.md 5.2). Any other must not pass for a refusal.
  if (!read || !announced || (category === 'ORDER_CANCELLATION' && announced !== 'REJECTED')) {
    return {
      kind: 'unreadable',
      reason: 'UNKNOWN_TYPE',
      detail: `no rule for events of type ${type}`,
      eventId,
      type,
    };
  }
  const source: ObservationSource = present({ kind: 'webhook' as const, eventId, webhookId });
  const result = read(object, { eventId, type, announced, source, createdAt, receivedAt });
  return result instanceof z.ZodError ? unreadable(raw, result) : result;
}

interface EventContext {
  eventId: string;
  type: string;
  /** The status that the type names. */
  announced: string;
  source: ObservationSource;
  createdAt: string | undefined;
  receivedAt: string;
}

type ObjectReader = (object: unknown, context: EventContext) => ReadEvent | z.ZodError;

/** By category, the part of a type before the point (upvest.md 5.2). */
const READERS = new Map<string, ObjectReader>([
  ['PORTFOLIO_ORDER', readPortfolioOrder],
  ['ORDER', readOrder],
  ['EXECUTION', readExecution],
  ['ORDER_CANCELLATION', readOrderCancellation],
  ['REBALANCING_EXECUTION_ORDER', readRebalancing],
]);

function readPortfolioOrder(object: unknown, context: EventContext): ReadEvent | z.ZodError {
  const { data: order, error } = portfolioOrderSchema.safeParse(object);
  if (error) return error;
  const { eventId, type, announced, source, createdAt, receivedAt } = context;
  const at = createdAt ?? order.updated_at ?? order.created_at ?? receivedAt;
  return present({
    kind: 'observation' as const,
    eventId,
    type,
    route: { portfolioOrderId: order.id },
    initiationFlow: order.initiation_flow,
    observation: toPortfolioOrderObservation(order, source, at, announced),
  });
}

function readOrder(object: unknown, context: EventContext): ReadEvent | z.ZodError {
  const { data: order, error } = orderSchema.safeParse(object);
  if (error) return error;
  const { eventId, type, announced, source, createdAt, receivedAt } = context;
  const portfolioOrderId = portfolioOrderIdOf(order);
  const at = createdAt ?? order.updated_at ?? order.created_at ?? receivedAt;
  return present({
    kind: 'observation' as const,
    eventId,
    type,
    route: portfolioOrderId === undefined ? { orderId: order.id } : { portfolioOrderId },
    initiationFlow: order.initiation_flow,
    observation: toOrderObservation(order, source, at, announced),
  });
}

function readExecution(object: unknown, context: EventContext): ReadEvent | z.ZodError {
  const { data: execution, error } = orderedExecutionSchema.safeParse(object);
  if (error) return error;
  const { eventId, type, announced, source, createdAt, receivedAt } = context;
  const orderId = execution.order_id;
  const at = createdAt ?? execution.transaction_time ?? receivedAt;
  const observation = toExecutionObservation(execution, orderId, source, at, announced);
  return { kind: 'observation', eventId, type, route: { orderId }, observation };
}

function readOrderCancellation(object: unknown, context: EventContext): ReadEvent | z.ZodError {
  const { data: refusal, error } = orderCancellationSchema.safeParse(object);
  if (error) return error;
  const { eventId, type, announced, source, createdAt, receivedAt } = context;
  const { order_id: orderId, status, reason } = refusal;
  const at = createdAt ?? receivedAt;
  const subject = 'order-cancellation' as const;
  const observation = present({ subject, source, at, status, announced, orderId, reason });
  return { kind: 'observation', eventId, type, route: { orderId }, observation };
}

function readRebalancing(object: unknown, context: EventContext): ReadEvent | z.ZodError {
  const { data: order, error } = rebalancingExecutionOrderSchema.safeParse(object);
  if (error) return error;
  const { eventId, type, createdAt, receivedAt } = context;
  return present({
    kind: 'rebalancing' as const,
    eventId,
    type,
    at: createdAt ?? order.updated_at ?? receivedAt,
    id: order.id,
    status: order.status,
    executionId: order.execution_id,
    accountId: order.account_id,
    portfolioOrderId: order.portfolio_order_id,
    cancellationReason: order.cancellation_reason,
    cancellationDetails: order.cancellation_details,
  });
}

// Not `z.uuid()`: version and variant bits say nothing here, and test ids often lack them.
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PORTFOLIO_FLOWS = new Set(['PORTFOLIO', 'PORTFOLIO_REBALANCING']);

/**
 * The portfolio order that an order belongs to, as far as the order says. For other flows `client_reference` is
 * whatever a client sent, possibly a UUID (upvest.md 7).
 */
export function portfolioOrderIdOf(order: UpvestOrder): string | undefined {
  const { initiation_flow: flow, client_reference: reference } = order;
  if (flow === undefined || !PORTFOLIO_FLOWS.has(flow)) return undefined;
  return reference !== undefined && UUID.test(reference) ? reference : undefined;
}

const text = z.string().optional().catch(undefined);
/** What can still be said of an event that cannot be read. */
const headSchema = z.object({ id: text, type: text });

function unreadable(raw: unknown, error: z.ZodError): UnreadableEvent {
  const known = headSchema.safeParse(raw);
  const detail = describeIssues(error);
  return present({
    kind: 'unreadable' as const,
    reason: 'UNREADABLE' as const,
    detail,
    eventId: known.data?.id,
    type: known.data?.type,
  });
}
