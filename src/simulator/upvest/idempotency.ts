import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { rawBody } from './api-server';
import { Problem, problem } from './problem';

/** With or without hyphens, versions 0 to 5 (upvest.md 3.8). */
const keyPattern = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-5][0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/**
 * Successful answers by idempotency key, as they were given. A failed request leaves nothing, so its key may be used again. The same key
 * with other bytes is a conflict (its real answer is unknown, upvest.md 3.8).
 */
export class IdempotencyStore<T> {
  private readonly answers = new Map<string, { digest: string; answer: T }>();

  /**
   * Runs `create` once per key. It is synchronous on purpose: between looking the key up and keeping the answer
   * nothing else can run, so that concurrent requests cannot create twice.
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
    const known = this.answers.get(name);
    if (!known) {
      const answer = structuredClone(create());
      this.answers.set(name, { digest, answer });
      return answer;
    }
    if (known.digest !== digest) throw problem(409, 'The idempotency key was used with another request body');
    return known.answer;
  }
}
