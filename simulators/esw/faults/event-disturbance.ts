import { z } from 'zod';
import { seededRandom } from '../../seeded-random';
import { faultSchema, type ArmedFault } from './faults';

const probability = z.number().min(0).max(1).default(0);
const outcomeSchema = z.enum(['408', '429', '500', '502', '503', '504', 'reset']);

/** The disturbance as accepted by the control plane. */
export const eventDisturbanceSchema = z.strictObject({
  seed: z.int(),
  failBefore: probability,
  failAfter: probability,
  outcomes: z.array(outcomeSchema).nonempty().default(['429', '500', '502', '503', '504', 'reset']),
});

/** Retryable failures without an effect (references/esw.md#answers). */
export type DisturbanceOutcome = z.infer<typeof outcomeSchema>;

/** Random failures of event calls. Probabilities apply per call, from 0 to 1. */
export interface EventDisturbance {
  /** Integer; the same seed makes the same decisions, call by call. */
  seed: number;
  /** Probability of a failure before the request is read, without an effect. @default 0 */
  failBefore?: number | undefined;
  /** Probability, for calls that did not fail before, of a closed connection after handling. @default 0 */
  failAfter?: number | undefined;
  /** Failures before the request is read, equally likely. @default 429, 500, 502, 503, 504 and `reset` */
  outcomes?: DisturbanceOutcome[] | undefined;
}

/** Decides which event calls fail, based on the seed and the number of calls since it was set. */
export class RandomFaults {
  private disturbance: z.output<typeof eventDisturbanceSchema> | undefined;
  private calls = 0;

  /**
   * Restarts the sequence of decisions; undefined ends the disturbance.
   * @throws ZodError for an invalid disturbance.
   */
  set(disturbance: EventDisturbance | undefined): void {
    this.disturbance = disturbance && eventDisturbanceSchema.parse(disturbance);
    this.calls = 0;
  }

  /** Fault of the next call, or undefined. Call it once per event call. */
  decide(): ArmedFault | undefined {
    if (!this.disturbance) return undefined;
    const { seed, failBefore, failAfter, outcomes } = this.disturbance;
    this.calls += 1;
    const random = (purpose: string): number => seededRandom(seed, this.calls, purpose);
    if (random('before') < failBefore) {
      return faultSchema.parse({ kind: outcomes[Math.floor(random('outcome') * outcomes.length)] });
    }
    return random('after') < failAfter ? faultSchema.parse({ kind: 'accept-then-drop' }) : undefined;
  }
}
