/** Input of the OrderEvent builder. */
import type { PortfolioOrderStatus } from '../broker/status-tables';
import type { EventDetail, OrderEventTopic } from './topic';
import type { PlacementResult } from '../broker/placement';
import type { PortfolioOrderRecord } from '../broker/record';

/** Emission settings of the deployment. Part of the workflow's input, so that a change never affects a running order. */
export interface EmissionSettings {
  /** ESW tenant; must equal the tenant of the OAuth client. */
  tenantCode: string;
  /** Service identity shown as `lastUpdateUser` and `actionedByUser`. */
  actor: string;
  /** ISO 3166-1 alpha-2 country for orders that do not name one. */
  deliveryCountryIso?: string;
  /** Sales channel, only where ESW has provisioned one. */
  channelId?: string;
  /** The streams that are sent. */
  detail: EventDetail;
  /** Values of `status`, where the tenant has its own (references/esw.md#statuses, #open-questions no. 3). */
  statusWords?: Partial<Record<PortfolioOrderStatus, string>>;
  /** Values of `orderType`, where the tenant has its own. */
  orderTypes?: Partial<Record<'BUY' | 'SELL' | 'REBALANCING', string>>;
  /** True when events contain the Upvest user's id. */
  sendsUserId?: true;
}

export interface OrderEventInput {
  record: PortfolioOrderRecord;
  /** The transition that the event reports; it must have been reached. */
  topic: OrderEventTopic;
  /** ESW's reference of the portfolio order; events of children and executions have it as the parent's. */
  brandOrderReference: string;
  workflowId: string;
  settings: EmissionSettings;
  /** Revision of the rules that the run follows; absent: the current one. */
  revision?: number;
  /** Data of the placement that the record lacks; absent for an adopted order. */
  placed?: Pick<PlacementResult, 'side' | 'userId' | 'eswOrderReference' | 'deliveryCountryIso'>;
}
