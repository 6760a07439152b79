import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { rawBody } from '../http/api-server';
import { Problem, problem } from '../http/problem';

/** With or without hyphens, versions 0 to 5 (references/upvest.md#idempotency). */
const keyPattern = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-5][0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/**
 * Successful responses by idempotency key. A failed request is not stored, so its key can be reused. The same key with
 * a different body is a conflict (Upvest's response is undocumented, references/upvest.md#idempotency).
 */
export class IdempotencyStore<T> {
  private readonly responses = new Map<string, { digest: string; response: T }>();

  /** It is unknown how long Upvest remembers keys (references/upvest.md#idempotency). */
  forget(): void {
    this.responses.clear();
  }

  /**
   * Runs `create` once per key. It is synchronous on purpose: nothing else can run between looking up the key and
   * storing the response, so concurrent requests cannot create twice.
   */
  once(request: FastifyRequest, create: () => T): T {
    const key = String(request.headers['idempotency-key'] ?? '');
    if (key === '') {
      throw new Problem(400, 'missing_idempotency_key', 'The header idempotency-key is required');
    }
    if (!keyPattern.test(key)) throw problem(400, 'idempotency-key must be a UUID');
    const name = key.replaceAll('-', '').toLowerCase();
    const digest = createHash('sha256')
      .update(rawBody(request) ?? '')
      .digest('base64');
    const known = this.responses.get(name);
    if (!known) {
      const response = structuredClone(create());
      this.responses.set(name, { digest, response });
      return response;
    }
    if (known.digest !== digest)
      throw problem(409, 'The idempotency key was already used with a different body');
    return known.response;
  }
}
