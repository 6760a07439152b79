/** Simulator of the Upvest Investment API over real HTTP, written from references/upvest.md alone. See README.md. */

export { startUpvestSimulator, type UpvestSimulator } from './simulator';
export { defaultPace, type ClientKey, type Pace, type UpvestSimulatorOptions } from './options';
export type { InitiatedOrder, PortfolioOrderTruth, RawWebhook, UpvestControl } from './control';
export type { DeliveryAttempt, ReleaseOptions } from './webhooks/delivery-queue';
export type { Disturbance } from './webhooks/delivery-disturbance';
export type { SchemaDriftOptions } from './behaviour/schema-drift';
export type { TruthEntry } from './webhooks/event-log';
export type { DelayAnswers, FailCalls } from './http/faults';
export type { AccountSettings } from './access/account-settings';
export type { ExecutedAmounts } from './orders/amounts';
export type { ApiDisturbance } from './http/api-disturbance';
export type { ApiCall, CallFilter } from './http/call-log';
export { scenarios, type Scenario } from './behaviour/scenarios';
export type { SettlementDateNotice } from './orders/settlement';
export { wellKnownAccounts, wellKnownAllocation, wellKnownInstruments } from './access/well-known';
export type { ReceiverResponse } from './webhooks/webhook-transport';
export type { Tampering } from './webhooks/webhook-signature';
export type {
  BrokerEvent,
  Execution,
  Order,
  PortfolioOrder,
  RebalancingExecution,
  RebalancingOrder,
  Webhook,
} from './orders/wire-objects';
