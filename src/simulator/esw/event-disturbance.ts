import { z } from 'zod';
import { chanceOf } from '../upvest/chance';
import { faultSchema, type ArmedFault } from './faults';

const share = z.number().min(0).max(1).default(0);
const outcomeSchema = z.enum(['408', '429', '500', '502', '503', '504', 'reset']);

/** The disturbance as the control plane takes it. */
export const eventDisturbanceSchema = z.strictObject({
  seed: z.int(),
  failBefore: share,
  failAfter: share,
  outcomes: z.array(outcomeSchema).nonempty().default(['429', '500', '502', '503', '504', 'reset']),
});

/** How a call may fail without an effect: what is worth another attempt (esw-order-event.md 4). */
export type DisturbanceOutcome = z.infer<typeof outcomeSchema>;

/** Event calls that fail by chance. Shares are of all event calls, from 0 to 1. */
export interface EventDisturbance {
  /** The same seed makes the same decisions, call by call. A whole number. */
  seed: number;
  /** Share that fails before anything is read, without an effect. @default 0 */
  failBefore?: number | undefined;
  /** Share, of those that did not fail before, that is handled and loses its answer with the connection. @default 0 */
  failAfter?: number | undefined;
  /** How calls fail before, each as likely as the others. @default 429, 500, 502, 503, 504 and `reset` */
  outcomes?: DisturbanceOutcome[] | undefined;
}

/** Decides which event calls fail. Decisions hang on the seed and on the number of calls since it was set. */
export class DisturbedEvents {
  private disturbance: z.output<typeof eventDisturbanceSchema> | undefined;
  private calls = 0;

  /**
   * Begins to count anew; undefined ends the disturbance.
   * @throws ZodError when it makes no sense.
   */
  set(disturbance: EventDisturbance | undefined): void {
    this.disturbance = disturbance && eventDisturbanceSchema.parse(disturbance);
    this.calls = 0;
  }

  /** The fault of the next call, if it is to fail; to be asked once for each call. */
  decide(): ArmedFault | undefined {
    if (!this.disturbance) return undefined;
    const { seed, failBefore, failAfter, outcomes } = this.disturbance;
    this.calls += 1;
    const chance = (what: string): number => chanceOf(seed, this.calls, what);
    if (chance('before') < failBefore) {
      return faultSchema.parse({ kind: outcomes[Math.floor(chance('outcome') * outcomes.length)] });
    }
    return chance('after') < failAfter ? faultSchema.parse({ kind: 'accept-then-drop' }) : undefined;
  }
}
