import type { AuditFinding } from './audit/audit-findings';
import type { EventDisturbance } from './faults/event-disturbance';
import type { EventCounts, EventFilter, EventReceipt, Rejection, StoredEvent } from './events/event-records';
import type { ArmedFault, FaultSpec } from './faults/faults';
import type { OutageKind, OutageScope } from './faults/outage';
import type { SimulatorState } from './simulator-state';
import type { ArmedTokenFault, TokenFaultSpec } from './faults/token-faults';

/** Inspection and fault injection for tests in the same process; `/__sim/*` offers the same over HTTP. */
export interface EswSimulatorControl {
  /** Accepted events in order of acceptance, as copies. */
  events(filter?: EventFilter): StoredEvent[];
  /** Arrivals of those events with raw bytes, including replays and conflicts; the newest 100 per event. */
  receipts(filter?: EventFilter): EventReceipt[];
  counts(): EventCounts;
  /** The newest 1000 audit findings (violations of ordering rules), oldest first. */
  audit(): AuditFinding[];
  /** The newest 1000 rejected requests with reasons, oldest first. */
  rejections(): Rejection[];
  /** Starts an outage of `scope` (default `all`); undefined ends it. */
  setOutage(kind: OutageKind | undefined, scope?: OutageScope): void;
  /**
   * Arms a fault for the next event requests. Faults are used in the order they were added.
   * @throws ZodError for an invalid fault.
   */
  addFault(fault: FaultSpec): void;
  /** Armed faults. */
  faults(): ArmedFault[];
  /**
   * Fails event calls at random; without an argument, stops doing so. Armed faults take precedence.
   * @throws ZodError for an invalid disturbance.
   */
  disturbEvents(disturbance?: EventDisturbance): void;
  /**
   * Arms a fault for the next token requests. Faults are used in the order they were added.
   * @throws ZodError for an invalid fault.
   */
  addTokenFault(fault: TokenFaultSpec): void;
  /** Armed faults of the token endpoint. */
  tokenFaults(): ArmedTokenFault[];
  /** Discards the faults of both endpoints and ends the disturbance; an outage continues. */
  clearFaults(): void;
  /** Expires all tokens issued so far. */
  expireTokens(): void;
  /** Clears events, counts, findings, rejections, faults and outage. Tokens stay valid. */
  reset(): void;
}

/** Creates the control of one simulator. */
export function createControl(state: SimulatorState): EswSimulatorControl {
  const { ledger, audit, outage, faults, disturbance, tokenFaults, tokens } = state;
  const clearFaults = (): void => {
    faults.clear();
    tokenFaults.clear();
    disturbance.set(undefined);
  };
  return {
    events: (filter) => ledger.list(filter),
    receipts: (filter) => ledger.receipts(filter),
    counts: () => ledger.counts(),
    audit: () => audit.list(),
    rejections: () => ledger.rejected(),
    setOutage: (kind, scope) => {
      outage.set(kind, scope);
    },
    addFault: (fault) => {
      faults.add(fault);
    },
    faults: () => faults.list(),
    disturbEvents: (settings) => {
      disturbance.set(settings);
    },
    addTokenFault: (fault) => {
      tokenFaults.add(fault);
    },
    tokenFaults: () => tokenFaults.list(),
    clearFaults,
    expireTokens: () => {
      tokens.expireAll();
    },
    reset: () => {
      ledger.clear();
      audit.clear();
      clearFaults();
      outage.set(undefined);
    },
  };
}
