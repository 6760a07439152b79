/**
 * `POST` of Upvest's webhooks: checks the signature over the raw bytes, and answers 200 only when every event of the
 * batch is durable in Temporal, with its order or parked. A refusal blocks Upvest's whole feed (`upvest.md` 5.4), so a
 * single event never causes one.
 */
import type { FastifyPluginCallback, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { UpvestVerifyKeysUnavailable } from '../upvest/errors';
import type { NonceMemory } from '../upvest/nonces';
import {
  verifyWebhookSignature,
  type WebhookAccepted,
  type WebhookSignatureOptions,
} from '../upvest/webhook-signature';
import { json, problemAnswers } from './answers';
import type { WebhookMetrics } from './metrics';
import { HttpProblem } from './problem';
import { acceptBatch, type BatchParts, type Fate } from './webhook-batch';

export interface WebhookOptions extends BatchParts {
  /** Path as Upvest signs it. */
  path: string;
  signature: Pick<WebhookSignatureOptions, 'keyFor' | 'expiryPolicy'>;
  nonces: NonceMemory;
  metrics: WebhookMetrics;
}

/**
 * Upvest packs at most 1 MiB, but sends a single larger event all the same (`upvest.md` 3.7). Whatever is let in here
 * can still be parked whole: the engine takes payloads up to 2 MiB.
 */
const BODY_LIMIT = 1400 * 1024;

/** The body is Upvest's, and read only after its signature: no schema of ours may touch it before. */
const SCHEMA = {
  operationId: 'receiveUpvestWebhook',
  tags: ['server'],
  summary: 'Takes webhook requests of Upvest’s',
  description:
    'Signed by Upvest over the raw body; takes no token and is never limited. 200: every event is durable.',
  security: [],
  response: {
    200: json('Every event is with its order, or parked', z.object({})),
    ...problemAnswers([
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
    app.post(options.path, { bodyLimit: BODY_LIMIT, schema: SCHEMA }, async (request) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const signed = await verify(request, body, options);
      const fates = await accept(request, body, signed, options);
      options.nonces.remember(signed, body);
      options.metrics.request('accepted', signed.version);
      for (const fate of fates) options.metrics.events(fate);
      request.log.info({ signature: signed.version, ...summary(fates) }, 'webhook accepted');
      return {};
    });
    done();
  };
}

/** @throws HttpProblem for what is not from Upvest, or cannot be checked now */
async function verify(
  request: FastifyRequest,
  body: Buffer,
  { path, signature, nonces, metrics }: WebhookOptions,
): Promise<WebhookAccepted> {
  const { method, headers } = request;
  const refuse = (reason: string, detail: string): never => {
    metrics.request('refused', 'none');
    request.log.warn({ reason, detail }, 'webhook refused');
    throw new HttpProblem('SIGNATURE_INVALID', `The check ended with ${reason}.`);
  };
  try {
    const result = await verifyWebhookSignature(
      { method, path, headers, body },
      { ...signature, now: Date.now },
    );
    if (!result.ok) return refuse(result.reason, result.detail);
    if (nonces.isReused(result, body))
      return refuse('NONCE_REUSED', 'Another request with this nonce was accepted before.');
    if (result.expired)
      request.log.warn({ keyId: result.keyId }, 'accepted a webhook with an expired signature');
    return result;
  } catch (error) {
    if (!(error instanceof UpvestVerifyKeysUnavailable)) throw error;
    metrics.request('failed', 'none');
    throw new HttpProblem('UNAVAILABLE', 'The keys of the webhook signature could not be read.', undefined, {
      cause: error,
    });
  }
}

async function accept(
  request: FastifyRequest,
  body: Buffer,
  { version }: WebhookAccepted,
  options: WebhookOptions,
): Promise<Fate[]> {
  try {
    return await acceptBatch(body, new Date().toISOString(), options);
  } catch (error) {
    options.metrics.request('failed', version);
    throw error;
  }
}

function summary(fates: Fate[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind, detail, events } of fates) {
    const name = `${kind} ${detail}`;
    counts[name] = (counts[name] ?? 0) + events;
  }
  return counts;
}
