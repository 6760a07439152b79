export type { AuditFinding, AuditFindingCode } from './audit-findings';
export type { EswSimulatorControl } from './control';
export type { DisturbanceOutcome, EventDisturbance } from './event-disturbance';
export type {
  EventCounts,
  EventFilter,
  EventReceipt,
  Rejection,
  StoredEvent,
  SubmissionOutcome,
} from './event-records';
export type { ArmedFault, FaultKind, FaultMatch, FaultSpec } from './faults';
export type { EswSimulatorOptions, SimulatorMode, SuccessBody } from './options';
export type { OrderEventBody } from './order-event-schema';
export type { OutageKind, OutageScope } from './outage';
export { startEswSimulator, type EswSimulator } from './simulator';
export type { ArmedTokenFault, TokenFaultKind, TokenFaultSpec } from './token-faults';
export type { MemberErrors } from './wire-answer';
