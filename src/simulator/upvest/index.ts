/** A stand-in of the Upvest Investment API over real HTTP, written from upvest.md alone. See README.md. */

export { startUpvestSimulator, type UpvestSimulator } from './simulator';
export { defaultPace, type ClientKey, type Pace, type UpvestSimulatorOptions } from './options';
export type { InitiatedOrder, PortfolioOrderTruth, RawWebhook, UpvestControl } from './control';
export type { DeliveryAttempt, ReleaseOptions } from './delivery-queue';
export type { Disturbance } from './disturbance';
export type { DriftOptions } from './drift';
export type { TruthEntry } from './event-log';
export type { DelayAnswers, FailCalls } from './faults';
export type { AccountSettings } from './account-settings';
export type { ExecutedAmounts } from './amounts';
export type { ApiDisturbance } from './api-disturbance';
export type { ApiCall, CallFilter } from './call-log';
export { scenarios, type Scenario } from './scenarios';
export type { DateTold } from './settlement';
export { wellKnownAccounts, wellKnownAllocation, wellKnownInstruments } from './well-known';
export type { ReceiverAnswer } from './webhook-delivery';
export type { Tampering } from './webhook-signature';
export type {
  BrokerEvent,
  Execution,
  Order,
  PortfolioOrder,
  RebalancingExecution,
  RebalancingOrder,
  Webhook,
} from './objects';
