/** Webhook requests as Upvest signs them, to be spoilt on their way, and what became of the events in them. */
import { createHash, randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import { request } from 'undici';
import type { Stack } from '../../demo/stack';
import { createUpvestClient } from '../../src/upvest/client/client';
import { ensureSubscription } from '../../src/upvest/webhooks/subscription';
import type { Answer } from '../support/stack';
import { until } from '../support/stack';
import { testClient } from '../support/temporal';
import { historyOf } from '../support/history';
import { json, startStub } from '../upvest/client/http-stub';
import { parkedEventWorkflowId, type ParkedEventInput } from '../../contracts/parked-event';

export interface SealedWebhook {
  headers: Record<string, string | undefined>;
  body: Buffer;
}

export interface Interceptor {
  /** A genuine request with these events, signed for the path of our server, that has not arrived there. */
  seal(events: unknown[]): Promise<SealedWebhook>;
  /** Ends its subscription as well, so that Upvest stops sending to it. */
  close(): Promise<void>;
}

/** Subscribes `url` at the simulated Upvest and returns the webhook's id. */
export async function subscribe(stack: Stack, url: string): Promise<string> {
  const upvest = createUpvestClient(stack.config.upvest);
  const { id } = await ensureSubscription(upvest, url).finally(() => upvest.close());
  return id;
}

/** Upvest sends nothing there any more, and forgets what it has not delivered. */
export async function unsubscribe(stack: Stack, webhookId: string): Promise<void> {
  const upvest = createUpvestClient(stack.config.upvest);
  await upvest.deleteWebhook(webhookId).finally(() => upvest.close());
}

export async function startInterceptor(stack: Stack): Promise<Interceptor> {
  const stub = await startStub(json(200, {}));
  const webhookId = await subscribe(stack, `${stub.url}${stack.config.http.webhookPath}`);
  return {
    async seal(events) {
      const before = stub.arrived.length;
      await stack.upvest.control.sendRaw({ webhookId, events });
      const arrived = stub.arrived.slice(before).find(({ body }) => sameJson(body, { payload: events }));
      if (arrived === undefined) throw new Error('The simulated Upvest sent nothing.');
      const { host, connection, ...headers } = arrived.headers;
      return { headers, body: arrived.body };
    },
    async close() {
      await unsubscribe(stack, webhookId);
      await stub.close();
    },
  };
}

function sameJson(bytes: Buffer, value: unknown): boolean {
  return JSON.stringify(JSON.parse(bytes.toString('utf8'))) === JSON.stringify(value);
}

export async function deliver(url: string, { headers, body }: SealedWebhook): Promise<Answer> {
  const answer = await request(url, { method: 'POST', headers, body });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

/** A webhook event with an id of its own. */
export function newEvent(type: string, object: unknown): { id: string; type: string; object: unknown } {
  return { id: randomUUID(), type, object };
}

/** Whether a workflow of this id was ever started. */
export async function exists(workflowId: string): Promise<boolean> {
  try {
    await testClient().workflow.getHandle(workflowId).describe();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** The id under which an event is kept: its own id and the hash of its JSON. */
export function parkedId(raw: unknown, eventId = (raw as { id: string }).id): string {
  return parkedEventWorkflowId(eventId, hashOf(JSON.stringify(raw)));
}

export function hashOf(raw: string | Buffer): string {
  return createHash('sha256').update(raw).digest('hex').slice(0, 16);
}

/** What the parked event's workflow was started with. */
export async function parkedInput(workflowId: string): Promise<ParkedEventInput> {
  const [started] = await historyOf(testClient(), workflowId);
  const data = started?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
  return JSON.parse(Buffer.from(data ?? []).toString('utf8')) as ParkedEventInput;
}

/** Ids of this stack's parked events under an attention, or under any, as an operator finds them by visibility. */
export async function parkedIds(stack: Stack, attention?: string): Promise<string[]> {
  const ours = `WorkflowType = 'parkedEvent' AND TaskQueue = '${stack.config.orderTaskQueue}'`;
  const query = attention === undefined ? ours : `${ours} AND Attention = '${attention}'`;
  const ids: string[] = [];
  for await (const { workflowId, status } of testClient().workflow.list({ query })) {
    if (status.name === 'RUNNING') ids.push(workflowId);
  }
  return ids;
}

/** Checks that the event is kept as it came, and found under its reason. */
export async function expectParked(
  stack: Stack,
  workflowId: string,
  reason: ParkedEventInput['reason'],
  raw: string,
): Promise<ParkedEventInput> {
  const input = await parkedInput(workflowId);
  expect(input).toMatchObject({ reason, raw });
  expect(input.detail).not.toBe('');
  expect(Date.now() - Date.parse(input.receivedAt)).toBeLessThan(60_000);
  await until(`${workflowId} to be found as ${reason}`, async () =>
    (await parkedIds(stack, `PARKED_${reason}`)).includes(workflowId),
  );
  return input;
}
