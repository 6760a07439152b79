import type { FastifyInstance } from 'fastify';
import { v4 as uuid } from 'uuid';
import { z } from 'zod';
import type { AccessTokens } from './access-tokens';
import { jsonBody, pathId, query, requireScope } from './api-server';
import type { Clock } from './clock';
import { listAnswer, pageQuery } from './list-answer';
import type { Webhook } from './objects';
import type { ResolvedOptions } from './options';
import { problem } from './problem';
import { envelope } from './webhook-batches';
import type { WebhookTransport } from './webhook-delivery';
import type { WebhookSigner } from './webhook-signature';
import type { Webhooks } from './webhooks';

const category = z.string().regex(/^[A-Z_]+$/);
const fields = {
  title: z.string().regex(/^[a-zA-Z0-9 ()[\]{}.-]{1,32}$/),
  // Plain http and IP hosts pass here, other than at Upvest: a local receiver has no certificate (README).
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
/** upvest.md 3.7; the newer, narrower patterns. */
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

/** Webhook subscriptions (upvest.md 3.7). */
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
    return listAnswer(sorted, filter);
  });

  api.get('/webhooks/:id', read, (request) => known(webhooks, pathId(request, 'id')));

  api.patch('/webhooks/:id', admin, (request) => {
    const webhook = known(webhooks, pathId(request, 'id'));
    return webhooks.change(webhook, jsonBody(request, changeSchema), clock.next());
  });

  api.delete('/webhooks/:id', admin, async (request, reply) => {
    webhooks.remove(known(webhooks, pathId(request, 'id')).id);
    await reply.code(204).send();
  });

  // The form of the test payload is unknown (upvest.md 10.11): a batch of one event of a type that nobody knows.
  api.post('/webhooks/:id/test', admin, async (request, reply) => {
    const webhook = known(webhooks, pathId(request, 'id'));
    const event = {
      id: uuid(),
      created_at: clock.next(),
      type: 'WEBHOOK.TEST',
      object: {},
      webhook_id: webhook.id,
    };
    const response = signer.seal(webhook.url, envelope([event])).then((sealed) => transport.send(sealed));
    if (options.webhookTestStatus === 202) await reply.code(202).send();
    else await reply.send({ url: webhook.url, response: await response });
  });
}

function compare(one: Webhook, other: Webhook, sort: z.output<typeof listSchema>['sort']): number {
  const [a, b] =
    sort === 'created_at' || sort === 'updated_at'
      ? // Fractions of seconds have no fixed length, so that the text of times does not sort as the times do.
        [Date.parse(one[sort]), Date.parse(other[sort])]
      : [one[sort], other[sort]];
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function known(webhooks: Webhooks, id: string): Webhook {
  const webhook = webhooks.find(id);
  if (!webhook) throw problem(404, `There is no webhook ${id}`);
  return webhook;
}
