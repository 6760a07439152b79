import type { AuditFinding } from './audit-findings';
import type { EventDisturbance } from './event-disturbance';
import type { EventCounts, EventFilter, EventReceipt, Rejection, StoredEvent } from './event-records';
import type { ArmedFault, FaultSpec } from './faults';
import type { OutageKind, OutageScope } from './outage';
import type { SimulatorState } from './simulator-state';
import type { ArmedTokenFault, TokenFaultSpec } from './token-faults';

/** Inspection and faults, for tests in the same process; `/__sim/*` is the same over HTTP. */
export interface EswSimulatorControl {
  /** Accepted events in order of acceptance, as copies. */
  events(filter?: EventFilter): StoredEvent[];
  /** Every arrival of those events with its raw bytes, replays and conflicts too; the newest 100 of each event. */
  receipts(filter?: EventFilter): EventReceipt[];
  counts(): EventCounts;
  /** What a correct emitter would not have done, oldest first: the newest 1000 findings. */
  audit(): AuditFinding[];
  /** The newest 1000 refused requests with the reasons, oldest first. */
  rejections(): Rejection[];
  /** Fails every request in `scope` (`all` unless told) until it is called with undefined. */
  setOutage(kind: OutageKind | undefined, scope?: OutageScope): void;
  /**
   * Arms a fault for the coming event requests. Faults are consumed in the order they were added.
   * @throws ZodError when the fault makes no sense.
   */
  addFault(fault: FaultSpec): void;
  /** Faults that still wait for requests. */
  faults(): ArmedFault[];
  /**
   * Lets event calls fail by chance, until it is called without a disturbance. Armed faults come first.
   * @throws ZodError when the disturbance makes no sense.
   */
  disturbEvents(disturbance?: EventDisturbance): void;
  /**
   * Arms a fault for the coming token requests, consumed in the order they were added.
   * @throws ZodError when the fault makes no sense.
   */
  addTokenFault(fault: TokenFaultSpec): void;
  /** Faults that still wait for token requests. */
  tokenFaults(): ArmedTokenFault[];
  /** Forgets the faults of both endpoints and ends the disturbance; an outage goes on. */
  clearFaults(): void;
  /** Makes every token issued so far count as expired. */
  expireTokens(): void;
  /** Forgets events, counts, findings, rejections, faults and outage. Tokens stay valid. */
  reset(): void;
}

/** The control of one simulator. */
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
    disturbEvents: (chosen) => {
      disturbance.set(chosen);
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
