/** The events of an order to ESW, with the bytes that are sent, and what became of them. */
import { sql, type Selectable, type Transaction } from 'kysely';
import type { BuiltEvent, Emission } from '../../domain/outbox/outbox';
import { topicOf, type OrderEventTopic } from '../../domain/order-event/topic';
import type { OrderEventsTable, RecordsTables } from '../tables';

export type EventOutcome = 'accepted' | 'refused' | 'skipped';

interface Answer {
  outcome: EventOutcome | null;
  /** ISO 8601 UTC. */
  at: string | null;
}

type EventWithBytes = Omit<BuiltEvent, 'sentBefore'>;

/** Events whose bytes differ from those that are stored under the same id. */
export type ChangedEvents = string[];

/**
 * Stores the events, once for each id, and ESW's answers. The bytes of an id never change: the first ones stay.
 *
 * @returns ids of events that have other bytes now, which is a fault of this program
 */
export async function saveEvents(
  transaction: Transaction<RecordsTables>,
  portfolioOrderId: string,
  emission: Emission,
  further: readonly BuiltEvent[],
): Promise<ChangedEvents> {
  const changed = await storeBytes(transaction, portfolioOrderId, eventsWithBytes(emission, further));
  await storeAnswers(transaction, portfolioOrderId, answersOf(emission));
  return changed;
}

/** Those whose bytes the state has, and further ones, once each. */
export function eventsWithBytes(
  { inFlight, retryQueue, refused }: Emission,
  further: readonly BuiltEvent[],
): EventWithBytes[] {
  const events = [...further, ...inFlight, ...retryQueue, ...refused].flatMap((event) => {
    const { id, body } = event;
    return id === undefined || body === undefined ? [] : [{ ...event, id, body }];
  });
  return [...new Map(events.map((event) => [event.id, event])).values()];
}

async function storeBytes(
  transaction: Transaction<RecordsTables>,
  portfolioOrderId: string,
  events: readonly EventWithBytes[],
): Promise<ChangedEvents> {
  if (events.length === 0) return [];
  const now = new Date().toISOString();
  const added = await transaction
    .insertInto('order_events')
    .values(
      events.map(({ id, body, status, orderId = null, executionId = null }) => ({
        event_id: id,
        portfolio_order_id: portfolioOrderId,
        status,
        order_id: orderId,
        execution_id: executionId,
        body,
        built_at: now,
      })),
    )
    .onConflict((conflict) => conflict.column('event_id').doNothing())
    .returning('event_id')
    .execute();
  if (added.length === events.length) return [];
  const bodies = new Map(events.map(({ id, body }) => [id, body]));
  for (const { event_id } of added) bodies.delete(event_id);
  const stored = await transaction
    .selectFrom('order_events')
    .select(['event_id', 'body'])
    .where('event_id', 'in', [...bodies.keys()])
    .execute();
  return stored.flatMap(({ event_id, body }) => (bodies.get(event_id) === body ? [] : [event_id]));
}

/** ESW's answers by event id. */
export function answersOf({ accepted, refused, skipped = [] }: Emission): Map<string, Answer> {
  const answers = new Map<string, Answer>();
  const refusals = (list: typeof skipped, outcome: EventOutcome): void => {
    for (const { id, refusal } of list)
      if (id !== undefined) answers.set(id, { outcome, at: refusal.at ?? null });
  };
  refusals(skipped, 'skipped');
  refusals(refused, 'refused');
  for (const { id, at } of accepted) answers.set(id, { outcome: 'accepted', at });
  return answers;
}

/** A rejected event may be sent again; accepted and skipped are final. */
async function storeAnswers(
  transaction: Transaction<RecordsTables>,
  portfolioOrderId: string,
  answers: ReadonlyMap<string, Answer>,
): Promise<void> {
  const open = await transaction
    .selectFrom('order_events')
    .select(['event_id', 'outcome', 'answered_at'])
    .where('portfolio_order_id', '=', portfolioOrderId)
    .where((eb) => eb.or([eb('outcome', 'is', null), eb('outcome', '=', 'refused')]))
    .execute();
  const news = open.flatMap(({ event_id, outcome, answered_at }) => {
    const answer = answers.get(event_id) ?? { outcome: null, at: null };
    const isSame = answer.outcome === outcome && answer.at === (answered_at?.toISOString() ?? null);
    return isSame ? [] : [{ event_id, ...answer }];
  });
  if (news.length === 0) return;
  await sql`
    update order_events
    set outcome = news.outcome, answered_at = news.answered_at
    from unnest(
      ${news.map(({ event_id }) => event_id)}::text[],
      ${news.map(({ outcome }) => outcome)}::text[],
      ${news.map(({ at }) => at)}::timestamptz[]
    ) as news (event_id, outcome, answered_at)
    where order_events.event_id = news.event_id`.execute(transaction);
}

/** An event as the final record has it. */
export type RecordedEvent = OrderEventTopic & {
  id: string;
  outcome?: string;
  /** ISO 8601 UTC. */
  answeredAt?: string;
  /** The bytes that were sent; absent where they were never stored. */
  body?: string;
};

/** All events of an order: those that ESW answered for, in the order of the ledger, then the others. */
export async function recordedEvents(
  transaction: Transaction<RecordsTables>,
  portfolioOrderId: string,
  { accepted, refused, skipped = [] }: Emission,
): Promise<RecordedEvent[]> {
  const rows = await transaction
    .selectFrom('order_events')
    .selectAll()
    .where('portfolio_order_id', '=', portfolioOrderId)
    .orderBy('built_at')
    .orderBy('event_id')
    .execute();
  const stored = new Map(rows.map((row) => [row.event_id, row]));
  const answered = [
    ...accepted.map((event) => ({ event, outcome: 'accepted', at: event.at })),
    ...refused.map((event) => ({ event, outcome: 'refused', at: event.refusal.at })),
    ...skipped.map((event) => ({ event, outcome: 'skipped', at: event.refusal.at })),
  ].flatMap(({ event, outcome, at }): RecordedEvent[] => {
    const { id } = event;
    if (id === undefined) return [];
    const body = stored.get(id)?.body;
    stored.delete(id);
    const answer = { outcome, ...(at !== undefined && { answeredAt: at }) };
    return [{ ...topicOf(event), id, ...answer, ...(body !== undefined && { body }) }];
  });
  return [...answered, ...[...stored.values()].map(fromRow)];
}

function fromRow(row: Selectable<OrderEventsTable>): RecordedEvent {
  const { event_id: id, status, order_id, execution_id, body, outcome, answered_at } = row;
  return {
    id,
    status,
    ...(order_id !== null && { orderId: order_id }),
    ...(execution_id !== null && { executionId: execution_id }),
    ...(outcome !== null && { outcome }),
    ...(answered_at !== null && { answeredAt: answered_at.toISOString() }),
    body,
  } as RecordedEvent;
}
