/**
 * Receives Upvest webhooks: verifies the signature over the raw bytes, and answers 200 only when every event of the
 * batch is durable in Temporal, with its order or parked. Any other answer blocks Upvest's whole feed
 * (references/upvest.md#delivery-semantics), so a single event never causes one.
 */
import type { FastifyPluginCallback, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { UpvestVerifyKeysUnavailable } from '../../upvest/client/errors';
import type { ReplayGuard } from '../../upvest/webhooks/replay-guard';
import {
  verifyWebhookSignature,
  type WebhookAccepted,
  type WebhookSignatureOptions,
} from '../../upvest/webhooks/signature';
import { json, problemResponseDocs } from '../openapi/responses';
import type { WebhookMetrics } from '../plugins/metrics';
import { acceptBatch, type BatchParts } from '../../app/webhooks/accept-batch';
import type { EventOutcome } from '../../app/webhooks/event-outcome';
import { CallError } from '../../app/errors';

export interface WebhookOptions extends BatchParts {
  /** Path as Upvest signs it. */
  path: string;
  signature: Pick<WebhookSignatureOptions, 'keyFor' | 'expiryPolicy'>;
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
    app.post(options.path, { bodyLimit: BODY_LIMIT, schema: SCHEMA }, async (request) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const signed = await verify(request, body, options);
      const outcomes = await accept(request, body, signed, options);
      options.replayGuard.remember(signed, body);
      options.metrics.request('accepted', signed.version);
      for (const outcome of outcomes) options.metrics.events(outcome);
      request.log.info({ signature: signed.version, ...summary(outcomes) }, 'webhook accepted');
      return {};
    });
    done();
  };
}

/** @throws CallError for an invalid signature, or one that cannot be verified now */
async function verify(
  request: FastifyRequest,
  body: Buffer,
  { path, signature, replayGuard, metrics }: WebhookOptions,
): Promise<WebhookAccepted> {
  const { method, headers } = request;
  const refuse = (reason: string, detail: string): never => {
    metrics.request('refused', 'none');
    request.log.warn({ reason, detail }, 'webhook rejected');
    throw new CallError('SIGNATURE_INVALID', `Signature check failed: ${reason}.`);
  };
  try {
    const result = await verifyWebhookSignature(
      { method, path, headers, body },
      { ...signature, now: Date.now },
    );
    if (!result.ok) return refuse(result.reason, result.detail);
    if (replayGuard.isReused(result, body))
      return refuse('NONCE_REUSED', 'A different request with this nonce was already accepted.');
    if (result.expired)
      request.log.warn({ keyId: result.keyId }, 'webhook accepted with an expired signature');
    return result;
  } catch (error) {
    if (!(error instanceof UpvestVerifyKeysUnavailable)) throw error;
    metrics.request('failed', 'none');
    throw new CallError('UNAVAILABLE', 'Upvest’s webhook keys could not be read.', undefined, {
      cause: error,
    });
  }
}

async function accept(
  request: FastifyRequest,
  body: Buffer,
  { version }: WebhookAccepted,
  options: WebhookOptions,
): Promise<EventOutcome[]> {
  try {
    return await acceptBatch(body, new Date().toISOString(), options);
  } catch (error) {
    options.metrics.request('failed', version);
    throw error;
  }
}

function summary(outcomes: EventOutcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind, detail, events } of outcomes) {
    const name = `${kind} ${detail}`;
    counts[name] = (counts[name] ?? 0) + events;
  }
  return counts;
}
