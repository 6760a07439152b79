/** What an OrderEvent is built from. */
import type { PortfolioOrderStatus } from './lifecycle';
import type { EventDetail, OrderEventTopic } from './order-event-topic';
import type { Placed } from './placement';
import type { PortfolioOrderRecord } from './record';

/** What the deployment says about itself to ESW. Part of the workflow's input, so that a change never touches a running order. */
export interface EmissionSettings {
  /** ESW tenant; must equal the tenant of the OAuth client. */
  tenantCode: string;
  /** Service identity shown as `lastUpdateUser` and `actionedByUser`. */
  actor: string;
  /** ISO 3166-1 alpha-2 country of the account holders whose own one is not known. */
  deliveryCountryIso?: string;
  /** Sales channel, only where ESW has provisioned one. */
  channelId?: string;
  /** Which streams are sent. Absent in inputs of older code: the portfolio stream alone, with the bytes it had then. */
  detail?: EventDetail;
  /** ESW's words for `status`, where the tenant has its own (`esw-order-event.md` 8.3, 10.3). */
  statusWords?: Partial<Record<PortfolioOrderStatus, string>>;
  /** ESW's words for `orderType`, where the tenant accepts others. */
  orderTypes?: Partial<Record<'BUY' | 'SELL' | 'REBALANCING', string>>;
  /** True when ESW is told the Upvest user's id. */
  sendsUserId?: true;
}

export interface OrderEventInput {
  record: PortfolioOrderRecord;
  /** What this event reports; it has been reached. */
  topic: OrderEventTopic;
  /** The reference under which ESW files the portfolio order. Children and executions name it as their parent's. */
  brandOrderReference: string;
  workflowId: string;
  settings: EmissionSettings;
  /** What the placement knows beside the record; absent for an order that was adopted. */
  placed?: Pick<Placed, 'side' | 'userId' | 'eswOrderReference' | 'deliveryCountryIso'>;
}

/** True where the bytes of older code must not change: an order that began with it is told as it began. */
export function isToldAsBefore({ settings }: Pick<OrderEventInput, 'settings'>): boolean {
  return settings.detail === undefined;
}
