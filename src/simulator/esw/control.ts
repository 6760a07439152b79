import type { EventCounts, EventFilter, Rejection, StoredEvent } from './event-ledger';
import type { ArmedFault, FaultSpec } from './faults';
import type { AuditFinding } from './ordering-audit';
import type { OutageKind, OutageScope } from './outage';
import type { SimulatorState } from './simulator-state';

/** Inspection and faults, for tests in the same process; `/__sim/*` is the same over HTTP. */
export interface EswSimulatorControl {
  /** Accepted events in order of acceptance, as copies. */
  events(filter?: EventFilter): StoredEvent[];
  counts(): EventCounts;
  /** What a correct emitter would not have done, oldest first. */
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
  clearFaults(): void;
  /** Makes every token issued so far count as expired. */
  expireTokens(): void;
  /** Forgets events, counts, findings, rejections, faults and outage. Tokens stay valid. */
  reset(): void;
}

/** The control of one simulator. */
export function createControl({
  ledger,
  audit,
  outage,
  faults,
  tokens,
}: SimulatorState): EswSimulatorControl {
  return {
    events: (filter) => ledger.list(filter),
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
    clearFaults: () => {
      faults.clear();
    },
    expireTokens: () => {
      tokens.expireAll();
    },
    reset: () => {
      ledger.clear();
      audit.clear();
      faults.clear();
      outage.set(undefined);
    },
  };
}
