/** Parses webhook events leniently. An unreadable event is a result, never an exception. */
import { z } from 'zod';
import type { Observation, ObservationSource } from '../../domain/broker/observation';
import { describeIssues, parseJson, present } from '../../lib/json';
import { elementTexts, memberText } from './json-source';
import {
  toExecutionObservation,
  toOrderObservation,
  toPortfolioOrderObservation,
} from '../model/observations';
import type { UpvestOrder } from '../model/schemas';
import {
  eventSchema,
  orderCancellationSchema,
  orderedExecutionSchema,
  orderSchema,
  portfolioOrderSchema,
  rebalancingExecutionOrderSchema,
} from '../model/schemas';

/**
 * The subject of an event (references/upvest.md#correlation). All but the first must still be resolved to a portfolio
 * order.
 */
export type EventRoute =
  | { portfolioOrderId: string }
  /** Origin from an `ORDER.*` event; absent for events that have only the id. */
  | { orderId: string; order?: OrderOrigin }
  | { rebalancingOrderId: string; executionId?: string; status: string };

/** Origin of an order, as far as it is reported (references/upvest.md#order, #correlation). */
export interface OrderOrigin {
  flow?: string;
  clientReference?: string;
  createdAt?: string;
}

/** An event about an order. */
export interface ObservationEvent {
  kind: 'observation';
  eventId: string;
  type: string;
  route: EventRoute;
  observation: Observation;
}

/** An event with an invalid schema or an unknown type, to be parked. `detail` names fields, not values. */
export interface UnreadableEvent {
  kind: 'unreadable';
  reason: 'UNREADABLE' | 'UNKNOWN_TYPE';
  detail: string;
  eventId?: string;
  type?: string;
}

export type ReadEvent = ObservationEvent | UnreadableEvent;

/** An event as it came. */
export interface ReceivedEvent {
  /** Its JSON, byte for byte. */
  text: string;
  /** The same, parsed. */
  json: unknown;
}

/**
 * Extracts the events from a body: `{ payload: [...] }`, an array, or one bare event
 * (references/upvest.md#webhook-envelope, #known-inconsistencies no. 10).
 *
 * @returns undefined for any other body, such as one that is no JSON
 */
export function readEnvelope(body: string): ReceivedEvent[] | undefined {
  const json = parseJson(body);
  if (Array.isArray(json)) return received(json, body);
  const envelope = envelopeSchema.safeParse(json);
  if (envelope.success) return received(envelope.data.payload, memberText(body, 'payload') ?? '[]');
  return bareEventSchema.safeParse(json).success ? [{ text: body.trim(), json }] : undefined;
}

function received(events: unknown[], text: string): ReceivedEvent[] {
  const texts = elementTexts(text);
  return events.map((json, index) => ({ json, text: texts[index] ?? '' }));
}

const envelopeSchema = z.object({ payload: z.array(z.unknown()) });
const bareEventSchema = z.object({ type: z.string(), object: z.unknown() });

/**
 * Parses one event. Any status is accepted; only ids, a status and the money of an execution are required.
 *
 * @param receivedAt ISO 8601; used if neither the event nor its object has a time
 */
export function readEvent(raw: unknown, receivedAt: string): ReadEvent {
  const parsed = eventSchema.safeParse(raw);
  if (!parsed.success) return unreadable(raw, parsed.error);
  const { id: eventId, type, object, created_at: createdAt, webhook_id: webhookId } = parsed.data;
  const [, category, announced] = /^([A-Z_]+)\.([A-Z_]+)$/.exec(type) ?? [];
  const read = READERS.get(category ?? '');
  // REJECTED is the only documented cancellation event (references/upvest.md#event-types). Others must not count as a
  // refusal.
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
  const result = read(object, { announced, source, createdAt, receivedAt });
  if (result instanceof z.ZodError) return unreadable(raw, result);
  const { route, observation } = result;
  const times = (parsed.data.unreadable_times ?? []).map((name) => `event ${name}`);
  return { kind: 'observation', eventId, type, route, observation: withUnreadableTimes(observation, times) };
}

interface EventContext {
  /** The status in the event's type. */
  announced: string;
  source: ObservationSource;
  createdAt: string | undefined;
  receivedAt: string;
}

type Report = Pick<ObservationEvent, 'route' | 'observation'>;
type ObjectReader = (object: unknown, context: EventContext) => Report | z.ZodError;

/** By category, the part of the type before the dot (references/upvest.md#event-types). */
const READERS = new Map<string, ObjectReader>([
  ['PORTFOLIO_ORDER', readPortfolioOrder],
  ['ORDER', readOrder],
  ['EXECUTION', readExecution],
  ['ORDER_CANCELLATION', readOrderCancellation],
  ['REBALANCING_EXECUTION_ORDER', readRebalancing],
]);

function readPortfolioOrder(object: unknown, context: EventContext): Report | z.ZodError {
  const { data: order, error } = portfolioOrderSchema.safeParse(object);
  if (error) return error;
  const { announced, source, createdAt, receivedAt } = context;
  const at = createdAt ?? order.updated_at ?? order.created_at ?? receivedAt;
  return {
    route: { portfolioOrderId: order.id },
    observation: toPortfolioOrderObservation(order, source, at, announced),
  };
}

function readOrder(object: unknown, context: EventContext): Report | z.ZodError {
  const { data: order, error } = orderSchema.safeParse(object);
  if (error) return error;
  const { announced, source, createdAt, receivedAt } = context;
  const at = createdAt ?? order.updated_at ?? order.created_at ?? receivedAt;
  return {
    route: { orderId: order.id, order: originOf(order) },
    observation: toOrderObservation(order, source, at, announced),
  };
}

function readExecution(object: unknown, context: EventContext): Report | z.ZodError {
  const { data: execution, error } = orderedExecutionSchema.safeParse(object);
  if (error) return error;
  const { announced, source, createdAt, receivedAt } = context;
  const orderId = execution.order_id;
  const at = createdAt ?? execution.transaction_time ?? receivedAt;
  return {
    route: { orderId },
    observation: toExecutionObservation(execution, orderId, source, at, announced),
  };
}

function readOrderCancellation(object: unknown, context: EventContext): Report | z.ZodError {
  const { data: refusal, error } = orderCancellationSchema.safeParse(object);
  if (error) return error;
  const { announced, source, createdAt, receivedAt } = context;
  const { order_id: orderId, status, reason } = refusal;
  const at = createdAt ?? receivedAt;
  const subject = 'order-cancellation' as const;
  return {
    route: { orderId },
    observation: present({ subject, source, at, status, announced, orderId, reason }),
  };
}

function readRebalancing(object: unknown, context: EventContext): Report | z.ZodError {
  const { data: order, error } = rebalancingExecutionOrderSchema.safeParse(object);
  if (error) return error;
  const { announced, source, createdAt, receivedAt } = context;
  const { id, status, execution_id: executionId, portfolio_order_id: portfolioOrderId } = order;
  return {
    route:
      portfolioOrderId === undefined
        ? present({
            rebalancingOrderId: id,
            executionId,
            // The type decides, since the guides print a different status in the object
            // (references/upvest.md#known-inconsistencies no. 21).
            status: announced === 'CANCELLED' ? announced : status,
          })
        : { portfolioOrderId },
    observation: present({
      subject: 'rebalancing-execution-order' as const,
      source,
      at: createdAt ?? order.updated_at ?? receivedAt,
      status,
      announced,
      id,
      executionId,
      cancellationReason: order.cancellation_reason,
      cancellationDetails: order.cancellation_details,
    }),
  };
}

/** The origin that an order reports. */
export function originOf(order: UpvestOrder): OrderOrigin {
  const { initiation_flow: flow, client_reference: clientReference, created_at: createdAt } = order;
  return present({ flow, clientReference, createdAt });
}

function withUnreadableTimes(observation: Observation, names: string[]): Observation {
  if (names.length === 0) return observation;
  return { ...observation, unreadableTimes: [...(observation.unreadableTimes ?? []), ...names] };
}

const text = z.string().optional().catch(undefined);
/** The readable part of an unreadable event, which is any text. */
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
