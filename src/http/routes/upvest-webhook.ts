/**
 * Receives Upvest webhooks: verifies the signature over the raw bytes, and answers 200 only when every event of the
 * batch is durable in Temporal, with its order or parked. Any other answer blocks Upvest's whole feed
 * (references/upvest.md#delivery-semantics), so a single event never causes one.
 */
import type { FastifyInstance, FastifyPluginCallback, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { UpvestVerifyKeysUnavailable } from '../../upvest/client/errors';
import type { ReplayGuard } from '../../upvest/webhooks/replay-guard';
import {
  checkWebhookHead,
  verifyWebhookBody,
  type SignedWebhookHead,
  type WebhookAccepted,
  type WebhookHeadAccepted,
  type WebhookRejected,
  type WebhookSignatureOptions,
} from '../../upvest/webhooks/signature';
import { json, problemResponseDocs } from '../openapi/responses';
import type { WebhookMetrics } from '../../telemetry/webhook-metrics';
import { acceptBatch, type AcceptedBatch, type BatchParts } from '../../app/webhooks/accept-batch';
import type { EventOutcome } from '../../app/webhooks/event-outcome';
import { CallError } from '../../app/errors';

export interface WebhookOptions extends BatchParts {
  /** Path that this server answers. */
  path: string;
  /** Path as Upvest signs it: another one where a proxy rewrites it. */
  signedPath: string;
  signature: Pick<WebhookSignatureOptions, 'keys' | 'policy'>;
  replayGuard: ReplayGuard;
  metrics: WebhookMetrics;
}

/**
 * Bytes. Upvest batches at most 1 MiB, but also sends a single larger event
 * (references/upvest.md#webhook-subscriptions). Any body within the limit can be parked whole: Temporal takes payloads
 * up to 2 MiB.
 */
const BODY_LIMIT = 1400 * 1024;

/** Without a body schema: nothing may parse the body before its signature is verified. */
const SCHEMA = {
  operationId: 'receiveUpvestWebhook',
  tags: ['server'],
  summary: 'Receives Upvest webhooks',
  description:
    'Authenticated by Upvest’s signature over the raw body; no token, no rate limit. 200: every event is durable.',
  security: [],
  response: {
    200: json('Every event is delivered to its order or parked', z.object({})),
    ...problemResponseDocs([
      'SIGNATURE_INVALID',
      'BODY_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'INTERNAL',
      'UNAVAILABLE',
    ]),
  },
};

export function webhookRoute(options: WebhookOptions): FastifyPluginCallback {
  return (app, _options, done) => {
    // The signature covers the bytes, so nothing may parse them first.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
      (_request, body, parsed) => {
        parsed(null, body);
      },
    );
    const headOf = checkBeforeBody(app, options);
    app.post(options.path, { bodyLimit: BODY_LIMIT, schema: SCHEMA }, async (request) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const signed = await verifyWebhookBody({ ...signedHead(request, options), body }, headOf(request));
      if (!signed.ok) return refuse(request, signed, options);
      if (signed.expired)
        request.log.warn({ keyId: signed.keyId }, 'webhook accepted with an expired signature');
      const batch = await options.replayGuard.once(signed, () => accept(request, body, signed, options));
      options.metrics.request(batch === undefined ? 'repeated' : 'accepted', signed.version);
      if (batch === undefined) {
        request.log.info({ signature: signed.version }, 'webhook repeated');
        return {};
      }
      const { outcomes, oldestAt } = batch;
      for (const outcome of outcomes) options.metrics.events(outcome);
      if (oldestAt !== undefined) options.metrics.lag(Date.now() - oldestAt);
      request.log.info({ signature: signed.version, ...summary(outcomes) }, 'webhook accepted');
      return {};
    });
    done();
  };
}

/** Refuses what the headers alone show to be wrong, so that no stranger makes this process hold a body in memory. */
function checkBeforeBody(
  app: FastifyInstance,
  options: WebhookOptions,
): (request: FastifyRequest) => WebhookHeadAccepted {
  const heads = new WeakMap<FastifyRequest, WebhookHeadAccepted>();
  app.addHook('onRequest', async (request) => {
    if (Number(request.headers['content-length'] ?? 0) > BODY_LIMIT)
      throw new CallError('BODY_TOO_LARGE', 'Send a smaller body.');
    if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
      throw new CallError('UNSUPPORTED_MEDIA_TYPE', 'Send application/json.');
    const head = await checkHead(request, options);
    if (!head.ok) return refuse(request, head, options);
    heads.set(request, head);
  });
  return (request) => {
    const head = heads.get(request);
    if (head === undefined) throw new Error('The headers of this request were not checked');
    return head;
  };
}

function signedHead({ method, headers }: FastifyRequest, { signedPath }: WebhookOptions): SignedWebhookHead {
  return { method, headers, path: signedPath };
}

/** @throws CallError while the keys cannot be read */
async function checkHead(
  request: FastifyRequest,
  options: WebhookOptions,
): Promise<WebhookHeadAccepted | WebhookRejected> {
  try {
    return await checkWebhookHead(signedHead(request, options), { ...options.signature, now: Date.now });
  } catch (error) {
    if (!(error instanceof UpvestVerifyKeysUnavailable)) throw error;
    options.metrics.request('failed', 'none');
    throw new CallError('UNAVAILABLE', 'Upvest’s webhook keys could not be read.', undefined, {
      cause: error,
    });
  }
}

/** @throws CallError */
function refuse(
  request: FastifyRequest,
  { reason, detail }: WebhookRejected,
  { path, signedPath, metrics }: WebhookOptions,
): never {
  metrics.request('refused', 'none');
  request.log.warn({ reason, detail, path, signedPath }, 'webhook rejected');
  throw new CallError('SIGNATURE_INVALID', `Signature check failed: ${reason}.`);
}

async function accept(
  request: FastifyRequest,
  body: Buffer,
  { version }: WebhookAccepted,
  options: WebhookOptions,
): Promise<AcceptedBatch> {
  try {
    return await acceptBatch(body, new Date().toISOString(), options);
  } catch (error) {
    options.metrics.request('failed', version);
    throw error;
  }
}

function summary(outcomes: EventOutcome[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { kind, detail, events } of outcomes) {
    const name = `${kind} ${detail}`;
    counts.set(name, (counts.get(name) ?? 0) + events);
  }
  return Object.fromEntries(counts);
}
