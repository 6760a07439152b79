/** The situations of a scene. */
import type { Stack } from '../../stack';
import type { AttentionName } from '../attentions';

/** One kind of trouble, and how the simulated partners or an operator cause it. */
export interface Situation {
  /** Names the order: its reference begins with this, where it has one. */
  name: string;
  /** What happens, in one sentence. */
  description: string;
  /** The attentions that it raises. */
  shows: readonly AttentionName[];
  /** A first step that disturbs every other order, so that it runs before all others. */
  alone?(stack: Stack, reference: string): Promise<void>;
  /** Resolves when only waiting is left until the attentions appear. */
  arrange(stack: Stack, reference: string): Promise<Subject>;
}

/** What the attentions show on. */
export type Subject =
  /** The client's reference, or Upvest's id of an order without one. */
  | { order: string }
  /** Upvest's id of a parked event. */
  | { event: string };
