/**
 * `POST` of Upvest's webhooks: checks the signature over the raw bytes, and answers 200 only when every event of the
 * batch is durable in Temporal, with its order or parked. A refusal blocks Upvest's whole feed (`upvest.md` 5.4), so a
 * single event never causes one.
 */
import type { FastifyPluginCallback, FastifyRequest } from 'fastify';
import type { Observation } from '../domain/observation';
import type { OrderInbox } from '../temporal/order-inbox';
import type { ParkedEvent, ParkingLot } from '../temporal/parking-lot';
import { UpvestVerifyKeysUnavailable } from '../upvest/errors';
import type { EventRouter, RoutedEvent } from '../upvest/event-router';
import { readEnvelope } from '../upvest/events';
import { verifyWebhookSignature, type WebhookSignatureOptions } from '../upvest/webhook-signature';
import { HttpProblem } from './problem';

export interface WebhookOptions {
  /** Path as Upvest signs it. */
  path: string;
  signature: Pick<WebhookSignatureOptions, 'keyFor' | 'expiryPolicy'>;
  router: EventRouter;
  inbox: OrderInbox;
  parkingLot: ParkingLot;
  bounded: Bounded;
}

/** Runs work that asks something of Temporal, and gives up when that takes too long. */
export type Bounded = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Upvest packs at most 1 MiB, but sends a single larger event all the same (`upvest.md` 3.7). Whatever is let in here
 * can still be parked whole: the engine takes payloads up to 2 MiB.
 */
const BODY_LIMIT = 1536 * 1024;

export function webhookRoute(options: WebhookOptions): FastifyPluginCallback {
  return (app, _options, done) => {
    // The signature covers the bytes, so nothing may parse them first; any content type is taken as bytes.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
      (_request, body, parsed) => {
        parsed(null, body);
      },
    );
    app.post(options.path, { bodyLimit: BODY_LIMIT }, async (request) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      await verify(request, body, options);
      await accept(request, body, options);
      return {};
    });
    done();
  };
}

async function verify(
  request: FastifyRequest,
  body: Buffer,
  { path, signature }: WebhookOptions,
): Promise<void> {
  const { method, headers } = request;
  try {
    const result = await verifyWebhookSignature(
      { method, path, headers, body },
      { ...signature, now: Date.now },
    );
    if (!result.ok) {
      request.log.warn({ reason: result.reason, detail: result.detail }, 'webhook refused');
      throw new HttpProblem('SIGNATURE_INVALID', `The check ended with ${result.reason}.`);
    }
    if (result.expired)
      request.log.warn({ keyId: result.keyId }, 'accepted a webhook with an expired signature');
  } catch (error) {
    if (!(error instanceof UpvestVerifyKeysUnavailable)) throw error;
    throw new HttpProblem('UNAVAILABLE', 'The keys of the webhook signature could not be read.', undefined, {
      cause: error,
    });
  }
}

async function accept(request: FastifyRequest, body: Buffer, options: WebhookOptions): Promise<void> {
  const receivedAt = new Date().toISOString();
  const raws = eventsOf(body);
  if (raws === undefined) {
    const detail = 'The body is signed, but it is no JSON list of events';
    await options.bounded(() =>
      options.parkingLot.park({ reason: 'UNREADABLE', detail, receivedAt, raw: body.toString('utf8') }),
    );
    return;
  }
  const routed = await options.router.routeAll(raws, receivedAt);
  await options.bounded(async () => {
    const parked = routed.flatMap((event): ParkedEvent[] =>
      event.kind === 'parked' ? [parkedEvent(event, receivedAt)] : [],
    );
    await Promise.all([
      ...parked.map((event) => options.parkingLot.park(event)),
      ...byOrder(routed).map((group) => deliver(group, receivedAt, options)),
    ]);
  });
  request.log.info({ events: raws.length, ...countKinds(routed) }, 'webhook accepted');
}

function eventsOf(body: Buffer): unknown[] | undefined {
  try {
    return readEnvelope(JSON.parse(body.toString('utf8')));
  } catch {
    return undefined;
  }
}

interface OrderGroup {
  portfolioOrderId: string;
  observations: Observation[];
  raws: unknown[];
}

/** One group per portfolio order, so that a request costs one signal per order. */
function byOrder(routed: RoutedEvent[]): OrderGroup[] {
  const groups = new Map<string, OrderGroup>();
  for (const event of routed) {
    if (event.kind !== 'order') continue;
    const { portfolioOrderId, observation, raw } = event;
    const group = groups.get(portfolioOrderId) ?? { portfolioOrderId, observations: [], raws: [] };
    groups.set(portfolioOrderId, group);
    group.observations.push(observation);
    group.raws.push(raw);
  }
  return [...groups.values()];
}

async function deliver(
  group: OrderGroup,
  receivedAt: string,
  { inbox, parkingLot }: WebhookOptions,
): Promise<void> {
  const delivery = await inbox.deliver(group.portfolioOrderId, group.observations);
  if (delivery.kind === 'delivered' || delivery.kind === 'redundant') return;
  // Named by its first event, so that an operator finds it by the id that Upvest knows.
  const source = group.observations[0]?.source;
  await parkingLot.park({
    ...(source?.kind === 'webhook' && { eventId: source.eventId }),
    reason: delivery.kind === 'late' ? 'LATE' : 'REFUSED_BY_ORDER',
    detail: `Portfolio order ${group.portfolioOrderId}: ${delivery.message}`,
    receivedAt,
    raw: JSON.stringify(group.raws.length === 1 ? group.raws[0] : group.raws),
  });
}

function parkedEvent(event: RoutedEvent & { kind: 'parked' }, receivedAt: string): ParkedEvent {
  const { reason, detail, eventId, raw } = event;
  return { reason, detail, receivedAt, raw: JSON.stringify(raw), ...(eventId !== undefined && { eventId }) };
}

function countKinds(routed: RoutedEvent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of routed) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
