/** The webhook endpoint on a real socket, with lists in place of Temporal; webhooks are signed like Upvest's. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { request } from 'undici';
import { startWebhookServer, WEBHOOK_PATH, type WebhookServerParts } from '../../bench/webhook-server';
import { applyObservation } from '../../src/domain/broker/apply-observation';
import { findingsOf } from '../../src/domain/findings/findings';
import type { Observation } from '../../src/domain/broker/observation';
import { emptyRecord, type PortfolioOrderRecord } from '../../src/domain/broker/record';
import type { ParkedEvent } from '../../src/app/parked-events/park';
import { UpvestRefused } from '../../src/upvest/client/errors';
import { created, keyId, signedWebhook, signer, type Recipe } from '../upvest/webhooks/webhook-fixture';

export interface EdgeAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

export interface Delivered {
  portfolioOrderId: string;
  observations: Observation[];
}

export interface Edge {
  /** URL without a path. */
  url: string;
  /** One entry for each order of each request, in order of arrival; passed through JSON, like signals. */
  delivered: Delivered[];
  parked: ParkedEvent[];
  /** Orders for which Temporal is unavailable. */
  unavailable: Set<string>;
  /** Signs these events as one Upvest batch and sends it. */
  post(events: unknown[], recipe?: Partial<Recipe>): Promise<EdgeAnswer>;
  /** Same as `post`, for any body. */
  postBody(body: string | Buffer, recipe?: Partial<Recipe>): Promise<EdgeAnswer>;
  send(webhook: ReturnType<typeof signedRequest>, path?: string): Promise<EdgeAnswer>;
  /** Posts one event, which must be delivered as one observation. */
  observe(event: unknown): Promise<{ portfolioOrderId: string; observation: Observation }>;
  /** The record of an order after all delivered observations. */
  record(portfolioOrderId: string): PortfolioOrderRecord;
  /** The order's findings: code, subject and id of each. */
  findings(portfolioOrderId: string): string[];
  /** The value of a counter; 0 where it is absent. */
  counted(name: string, labels: string): Promise<number>;
  reset(): void;
  stop(): Promise<void>;
}

/** A batch in Upvest's envelope (references/upvest.md#webhook-envelope). */
export const envelope = (...events: unknown[]): string => JSON.stringify({ payload: events });

/** A signed request like Upvest's, with a unique nonce; its `expires` is long past. */
export function signedRequest(
  body: string | Buffer,
  recipe: Partial<Recipe> = {},
): { headers: Record<string, string>; body: Buffer } {
  const bytes = Buffer.from(body);
  const params = `;keyid="${keyId}";created=${created};nonce="${randomUUID()}";expires=${created + 60}`;
  const { host, ...headers } = signedWebhook({ params, ...recipe, body: bytes }).headers as Record<
    string,
    string
  >;
  return { headers, body: bytes };
}

const unknownToUpvest = () => Promise.reject(new UpvestRefused('not found', { status: 404 }));
const verifyKeys = [{ ...signer.publicKey.export({ format: 'jwk' }), kid: keyId } as never];

export async function startEdge(parts: Partial<WebhookServerParts> = {}): Promise<Edge> {
  const delivered: Delivered[] = [];
  const parked: ParkedEvent[] = [];
  const unavailable = new Set<string>();
  const server = await startWebhookServer({
    logger: pino({ level: 'silent' }),
    verifyKeys,
    upvest: { readOrder: unknownToUpvest, readPortfolioOrder: unknownToUpvest },
    deliver: (portfolioOrderId, observations) => {
      if (unavailable.has(portfolioOrderId)) return Promise.reject(new Error('Temporal is unavailable'));
      delivered.push({ portfolioOrderId, observations: throughJson(observations) });
      return Promise.resolve({ kind: 'delivered' });
    },
    park: (event) => {
      parked.push(event);
      return Promise.resolve();
    },
    ...parts,
  });
  const url = `http://127.0.0.1:${server.port}`;

  const edge: Edge = {
    url,
    delivered,
    parked,
    unavailable,
    post: (events, recipe) => edge.postBody(envelope(...events), recipe),
    postBody: (body, recipe) => edge.send(signedRequest(body, recipe)),
    async send({ headers, body }, path = WEBHOOK_PATH) {
      const answer = await request(`${url}${path}`, { method: 'POST', headers, body });
      return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
    },
    async observe(event) {
      const before = delivered.length;
      expect(await edge.post([event])).toMatchObject({ status: 200 });
      const [only, ...others] = delivered.slice(before);
      const [observation, ...more] = only?.observations ?? [];
      if (only === undefined || observation === undefined || others.length + more.length > 0)
        throw new Error(`Not delivered as one observation: ${JSON.stringify({ only, others, parked })}`);
      return { portfolioOrderId: only.portfolioOrderId, observation };
    },
    record: (portfolioOrderId) =>
      delivered
        .filter((one) => one.portfolioOrderId === portfolioOrderId)
        .flatMap(({ observations }) => observations)
        .reduce(
          (record, observation) => applyObservation(record, observation).record,
          emptyRecord(portfolioOrderId),
        ),
    findings: (portfolioOrderId) =>
      findingsOf(edge.record(portfolioOrderId)).map(({ code, subject, id }) => `${code} ${subject} ${id}`),
    async counted(name, labels) {
      const { text } = await server.metrics.expose();
      const line = text.split('\n').find((one) => one.startsWith(`${name}{${labels}}`));
      return Number(line?.split(' ').at(-1) ?? 0);
    },
    reset() {
      delivered.length = 0;
      parked.length = 0;
      unavailable.clear();
    },
    stop: () => server.stop(),
  };
  return edge;
}

function throughJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
