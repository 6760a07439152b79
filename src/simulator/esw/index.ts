export type { EswSimulatorControl } from './control';
export type { EventCounts, EventFilter, Rejection, StoredEvent } from './event-ledger';
export type { ArmedFault, FaultKind, FaultMatch, FaultSpec } from './faults';
export type { EswSimulatorOptions, SimulatorMode, SuccessBody } from './options';
export type { OrderEventBody } from './order-event-schema';
export type { AuditFinding, AuditFindingKind } from './ordering-audit';
export type { OutageKind, OutageScope } from './outage';
export { startEswSimulator, type EswSimulator } from './simulator';
export type { MemberErrors } from './wire-answer';
