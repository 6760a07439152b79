import { z } from 'zod';
import { CountedQueue } from './counted-queue';
import { defaultDelayMs, longestDelayMs } from './faults';

/** The fault as the control plane takes it. */
export const tokenFaultSchema = z.strictObject({
  kind: z.enum(['delay', 'short-lived', 'invalid_client', '500', '503', 'reset']),
  count: z.int().positive().default(1),
  delayMs: z.int().nonnegative().max(longestDelayMs).default(defaultDelayMs),
  expiresInSeconds: z.int().positive().default(1),
});

/**
 * - `delay`: decided at once, but the answer is held back for `delayMs` (35 s unless told).
 * - `short-lived`: a token that says, and has, a life of `expiresInSeconds` (1 unless told).
 * - `invalid_client`: 400 with that error, as if the credentials were wrong.
 * - `500` shape 3, `503` without a body, `reset` of the connection.
 */
export type TokenFaultKind = z.infer<typeof tokenFaultSchema>['kind'];

/** A fault to inject into `POST /connect/token`. */
export interface TokenFaultSpec {
  kind: TokenFaultKind;
  /** Number of requests to hit. @default 1 */
  count?: number | undefined;
  /** For `delay`. @default 35000 */
  delayMs?: number | undefined;
  /** For `short-lived`. @default 1 */
  expiresInSeconds?: number | undefined;
}

/** A fault that waits for token requests, `count` of them. */
export type ArmedTokenFault = z.output<typeof tokenFaultSchema>;

/** Armed faults of the token endpoint, consumed in the order they were added. */
export class TokenFaultQueue {
  private readonly armed = new CountedQueue<ArmedTokenFault>();

  /** @throws ZodError when the fault makes no sense. */
  add(spec: TokenFaultSpec): void {
    this.armed.add(tokenFaultSchema.parse(spec));
  }

  /** The fault of the next token request. */
  take(): ArmedTokenFault | undefined {
    return this.armed.take();
  }

  /** Faults still waiting, with the number of requests left. */
  list(): ArmedTokenFault[] {
    return this.armed.list();
  }

  clear(): void {
    this.armed.clear();
  }
}
