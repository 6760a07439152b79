/** The bare twin: what an engineer writes on the SDK in an afternoon, without rules, records or operators. */
import type { Stream } from '../options';

export interface TwinOrder {
  reference: string;
  userId: string;
  accountId: string;
  cashAmount: string;
  stream: Stream;
}

/** An event as Upvest sends it. */
export interface TwinEvent {
  id: string;
  type: string;
  created_at: string;
  object: {
    id: string;
    status: string;
    order_id?: string;
    client_reference?: string;
    cash_amount?: string;
    currency?: string;
  };
}

export interface TwinActivities {
  place(order: TwinOrder): Promise<string>;
  /** Sends one OrderEvent for each, one after another. */
  emit(order: TwinOrder, events: TwinEvent[]): Promise<void>;
}

export const TWIN_EVENTS = 'events';
export const twinWorkflowId = (portfolioOrderId: string): string => `twin/${portfolioOrderId}`;
