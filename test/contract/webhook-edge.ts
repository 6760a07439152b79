/** The webhook endpoint behind a real socket, Temporal replaced by lists: gets webhooks signed as Upvest signs them. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { request } from 'undici';
import { startWebhookServer, WEBHOOK_PATH, type WebhookServerParts } from '../../bench/webhook-server';
import { changeRecord } from '../../src/domain/apply-observation';
import { findingsOf } from '../../src/domain/findings';
import type { Observation } from '../../src/domain/observation';
import { emptyRecord, type PortfolioOrderRecord } from '../../src/domain/record';
import type { ParkedEvent } from '../../src/temporal/parking-lot';
import { UpvestRefused } from '../../src/upvest/errors';
import { created, keyId, signedWebhook, signer, type Recipe } from '../upvest/webhook-fixture';

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
  /** Without path. */
  url: string;
  /** One for each order of each request, as they came; through JSON, as signals are. */
  delivered: Delivered[];
  parked: ParkedEvent[];
  /** Orders that Temporal does not take now. */
  away: Set<string>;
  /** Signs these events as one batch of Upvest's and sends it. */
  post(events: unknown[], recipe?: Partial<Recipe>): Promise<EdgeAnswer>;
  /** As `post`, of any body. */
  postBody(body: string | Buffer, recipe?: Partial<Recipe>): Promise<EdgeAnswer>;
  send(webhook: ReturnType<typeof sealed>, path?: string): Promise<EdgeAnswer>;
  /** Posts one event that must end with its order as one observation. */
  observe(event: unknown): Promise<{ portfolioOrderId: string; observation: Observation }>;
  /** What the product knows of an order after everything that was delivered. */
  record(portfolioOrderId: string): PortfolioOrderRecord;
  /** Codes of the findings about it, each with whom it is about. */
  findings(portfolioOrderId: string): string[];
  /** The value of a counter of `/metrics`; 0 where it was never counted. */
  counted(name: string, labels: string): Promise<number>;
  forget(): void;
  stop(): Promise<void>;
}

/** A batch in Upvest's envelope (upvest.md 5.1). */
export const envelope = (...events: unknown[]): string => JSON.stringify({ payload: events });

/** A request as Upvest signs it, with a nonce of its own; its `expires` is long past. */
export function sealed(
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
  const away = new Set<string>();
  const server = await startWebhookServer({
    logger: pino({ level: 'silent' }),
    verifyKeys,
    upvest: { readOrder: unknownToUpvest, readPortfolioOrder: unknownToUpvest },
    deliver: (portfolioOrderId, observations) => {
      if (away.has(portfolioOrderId)) return Promise.reject(new Error('Temporal is away'));
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
    away,
    post: (events, recipe) => edge.postBody(envelope(...events), recipe),
    postBody: (body, recipe) => edge.send(sealed(body, recipe)),
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
          (record, observation) => changeRecord(record, observation).record,
          emptyRecord(portfolioOrderId),
        ),
    findings: (portfolioOrderId) =>
      findingsOf(edge.record(portfolioOrderId)).map(({ code, subject, id }) => `${code} ${subject} ${id}`),
    async counted(name, labels) {
      const text = await (await request(`${url}/metrics`)).body.text();
      const line = text.split('\n').find((one) => one.startsWith(`${name}{${labels}}`));
      return Number(line?.split(' ').at(-1) ?? 0);
    },
    forget() {
      delivered.length = 0;
      parked.length = 0;
      away.clear();
    },
    stop: () => server.stop(),
  };
  return edge;
}

function throughJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
