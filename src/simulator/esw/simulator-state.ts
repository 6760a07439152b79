import { EventLedger } from './event-ledger';
import { DisturbedEvents } from './event-disturbance';
import { FaultQueue } from './faults';
import type { SimulatorSettings } from './options';
import { OrderingAudit } from './ordering-audit';
import { Outage } from './outage';
import { RequestsInFlight } from './requests-in-flight';
import { TokenFaultQueue } from './token-faults';
import { TokenIssuer } from './token-issuer';

/** Everything one simulator remembers, shared by its routes and its control. */
export interface SimulatorState {
  readonly settings: SimulatorSettings;
  readonly tokens: TokenIssuer;
  readonly ledger: EventLedger;
  readonly audit: OrderingAudit;
  readonly inFlight: RequestsInFlight;
  readonly faults: FaultQueue;
  readonly disturbance: DisturbedEvents;
  readonly tokenFaults: TokenFaultQueue;
  readonly outage: Outage;
}

/** A simulator that has seen nothing yet. */
export function createState(settings: SimulatorSettings): SimulatorState {
  const audit = new OrderingAudit();
  return {
    settings,
    tokens: new TokenIssuer(settings),
    ledger: new EventLedger(audit, settings.now),
    audit,
    inFlight: new RequestsInFlight(),
    faults: new FaultQueue(),
    disturbance: new DisturbedEvents(),
    tokenFaults: new TokenFaultQueue(),
    outage: new Outage(),
  };
}
