/** An attention: something that requires operator action. */
import type { AttentionCode } from './attention-codes';
import type { OrderAction } from './order-action';

export interface Attention {
  code: AttentionCode;
  /** Identifies this occurrence, so that acknowledging it does not silence the next one. */
  key: string;
  /** When it arose, ISO 8601 UTC; absent where the state does not tell. */
  since?: string;
  /** One sentence: what happened. */
  message: string;
  /** What to do next, in sentences that are true in the order's present state. */
  advice: string;
  /** The operations that resolve it now, the likeliest first. */
  actions: OrderAction[];
}

/** An attention before it is known whether the order is over; with operations if they differ from those of its code. */
export type OpenAttention = Omit<Attention, 'actions'> & { actions?: OrderAction[] };
