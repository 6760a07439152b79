import { z } from 'zod';
import { CountedQueue } from './counted-queue';
import { defaultDelayMs, maxDelayMs } from './faults';

/** The fault as accepted by the control plane. */
export const tokenFaultSchema = z.strictObject({
  kind: z.enum(['delay', 'short-lived', 'invalid_client', '500', '503', 'reset']),
  count: z.int().positive().default(1),
  delayMs: z.int().nonnegative().max(maxDelayMs).default(defaultDelayMs),
  expiresInSeconds: z.int().positive().default(1),
});

/**
 * - `delay`: decided immediately, but the response is delayed by `delayMs` (default 35 s).
 * - `short-lived`: a token with a lifetime of `expiresInSeconds` (default 1).
 * - `invalid_client`: 400 with that error, as for wrong credentials.
 * - `500` shape 3, `503` without a body, `reset` of the connection.
 */
export type TokenFaultKind = z.infer<typeof tokenFaultSchema>['kind'];

/** A fault to inject into `POST /connect/token`. */
export interface TokenFaultSpec {
  kind: TokenFaultKind;
  /** Number of affected requests. @default 1 */
  count?: number | undefined;
  /** For `delay`. @default 35000 */
  delayMs?: number | undefined;
  /** For `short-lived`. @default 1 */
  expiresInSeconds?: number | undefined;
}

/** An armed fault; `count` is the number of token requests left. */
export type ArmedTokenFault = z.output<typeof tokenFaultSchema>;

/** Armed faults of the token endpoint, used in the order they were added. */
export class TokenFaultQueue {
  private readonly armed = new CountedQueue<ArmedTokenFault>();

  /** @throws ZodError for an invalid fault. */
  add(spec: TokenFaultSpec): void {
    this.armed.add(tokenFaultSchema.parse(spec));
  }

  /** Takes the fault for the next token request. */
  take(): ArmedTokenFault | undefined {
    return this.armed.take();
  }

  /** Armed faults with the number of requests left. */
  list(): ArmedTokenFault[] {
    return this.armed.list();
  }

  clear(): void {
    this.armed.clear();
  }
}
