import type { FastifyInstance } from 'fastify';
import { v4 as uuid } from 'uuid';
import { z } from 'zod';
import type { AccessTokens } from '../access/access-tokens';
import { jsonBody, pathId, query, requireScope } from './api-server';
import type { Clock } from '../behaviour/clock';
import { listResponse, pageQuery } from './list-response';
import type { Webhook } from '../orders/wire-objects';
import type { ResolvedOptions } from '../options';
import { problem } from './problem';
import { envelope } from '../webhooks/webhook-batches';
import type { WebhookTransport } from '../webhooks/webhook-transport';
import type { WebhookSigner } from '../webhooks/webhook-signature';
import type { Webhooks } from '../webhooks/webhooks';

const category = z.string().regex(/^[A-Z_]+$/);
const fields = {
  title: z.string().regex(/^[a-zA-Z0-9 ()[\]{}.-]{1,32}$/),
  // Unlike Upvest, accepts plain http and IP hosts, since a local receiver has no certificate (README.md).
  url: z.url({ protocol: /^https?$/ }).max(1000),
  type: z.array(category).min(1),
  exclude_type: z.array(category).exactOptional(),
  config: z.strictObject({
    delay: z
      .string()
      .regex(/^([1-9]|[12][0-9]|30)s$/)
      .exactOptional(),
    max_package_size: z.number().int().min(100).max(1_048_576).exactOptional(),
  }),
};
/** The newer, narrower patterns of references/upvest.md#webhook-subscriptions. */
const creationSchema = z
  .strictObject({ ...fields, type: fields.type.default(['ALL']), config: fields.config.default({}) })
  .refine(
    ({ type, exclude_type }) => !exclude_type || type.includes('ALL'),
    'exclude_type needs the type ALL',
  );
const changeSchema = z.strictObject({
  title: fields.title.exactOptional(),
  url: fields.url.exactOptional(),
  enabled: z.boolean().exactOptional(),
  type: fields.type.exactOptional(),
  config: fields.config.exactOptional(),
});
const listSchema = z.strictObject({
  ...pageQuery,
  sort: z.enum(['created_at', 'updated_at', 'title', 'url', 'enabled']).default('created_at'),
  order: z.enum(['ASC', 'DESC']).default('ASC'),
});

export interface WebhookContext {
  webhooks: Webhooks;
  signer: WebhookSigner;
  transport: WebhookTransport;
  tokens: AccessTokens;
  clock: Clock;
  options: ResolvedOptions;
}

/** Webhook subscriptions (references/upvest.md#webhook-subscriptions). */
export function webhookRoutes(api: FastifyInstance, context: WebhookContext): void {
  const { webhooks, signer, transport, tokens, clock, options } = context;
  const read = requireScope(tokens, 'webhooks:read');
  const admin = requireScope(tokens, 'webhooks:admin');

  api.post('/webhooks', admin, async (request, reply) => {
    const draft = jsonBody(request, creationSchema);
    await reply.code(options.webhookCreationStatus).send(webhooks.create(draft, clock.next()));
  });

  api.get('/webhooks', read, (request) => {
    const filter = query(request, listSchema);
    const sorted = webhooks.all().sort((one, other) => compare(one, other, filter.sort));
    if (filter.order === 'DESC') sorted.reverse();
    return listResponse(sorted, filter);
  });

  api.get('/webhooks/:id', read, (request) => requireWebhook(webhooks, pathId(request, 'id')));

  api.patch('/webhooks/:id', admin, (request) => {
    const webhook = requireWebhook(webhooks, pathId(request, 'id'));
    return webhooks.change(webhook, jsonBody(request, changeSchema), clock.next());
  });

  api.delete('/webhooks/:id', admin, async (request, reply) => {
    webhooks.remove(requireWebhook(webhooks, pathId(request, 'id')).id);
    await reply.code(204).send();
  });

  // The test payload is undocumented (references/upvest.md#open-questions no. 11); here it is a batch with one event of
  // type WEBHOOK.TEST.
  api.post('/webhooks/:id/test', admin, async (request, reply) => {
    const webhook = requireWebhook(webhooks, pathId(request, 'id'));
    const event = {
      id: uuid(),
      created_at: clock.next(),
      type: 'WEBHOOK.TEST',
      object: {},
      webhook_id: webhook.id,
    };
    const response = signer.sign(webhook.url, envelope([event])).then((signed) => transport.send(signed));
    if (options.webhookTestStatus === 202) await reply.code(202).send();
    else await reply.send({ url: webhook.url, response: await response });
  });
}

function compare(one: Webhook, other: Webhook, sort: z.output<typeof listSchema>['sort']): number {
  const [a, b] =
    sort === 'created_at' || sort === 'updated_at'
      ? // Timestamps have fractions of varying length, so their text does not sort by time.
        [Date.parse(one[sort]), Date.parse(other[sort])]
      : [one[sort], other[sort]];
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function requireWebhook(webhooks: Webhooks, id: string): Webhook {
  const webhook = webhooks.find(id);
  if (!webhook) throw problem(404, `Webhook ${id} not found`);
  return webhook;
}
