export type { AuditFinding, AuditFindingCode } from './audit/audit-findings';
export type { EswSimulatorControl } from './control';
export type { DisturbanceOutcome, EventDisturbance } from './faults/event-disturbance';
export type {
  EventCounts,
  EventFilter,
  EventReceipt,
  Rejection,
  StoredEvent,
  SubmissionOutcome,
} from './events/event-records';
export type { ArmedFault, FaultKind, FaultMatch, FaultSpec } from './faults/faults';
export type { EswSimulatorOptions, SimulatorMode, SuccessBody } from './options';
export type { OrderEventBody } from './events/order-event-schema';
export type { OutageKind, OutageScope } from './faults/outage';
export { startEswSimulator, type EswSimulator } from './simulator';
export type { ArmedTokenFault, TokenFaultKind, TokenFaultSpec } from './faults/token-faults';
export type { MemberErrors } from './http/wire-response';
