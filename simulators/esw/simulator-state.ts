import { EventLedger } from './events/event-ledger';
import { RandomFaults } from './faults/event-disturbance';
import { FaultQueue } from './faults/faults';
import type { SimulatorSettings } from './options';
import { OrderingAudit } from './audit/ordering-audit';
import { Outage } from './faults/outage';
import { RequestsInFlight } from './http/requests-in-flight';
import { TokenFaultQueue } from './faults/token-faults';
import { TokenIssuer } from './token-issuer';

/** State of one simulator, shared by its routes and its control. */
export interface SimulatorState {
  readonly settings: SimulatorSettings;
  readonly tokens: TokenIssuer;
  readonly ledger: EventLedger;
  readonly audit: OrderingAudit;
  readonly inFlight: RequestsInFlight;
  readonly faults: FaultQueue;
  readonly disturbance: RandomFaults;
  readonly tokenFaults: TokenFaultQueue;
  readonly outage: Outage;
}

/** Creates the initial state. */
export function createState(settings: SimulatorSettings): SimulatorState {
  const audit = new OrderingAudit();
  return {
    settings,
    tokens: new TokenIssuer(settings),
    ledger: new EventLedger(audit, settings),
    audit,
    inFlight: new RequestsInFlight(),
    faults: new FaultQueue(),
    disturbance: new RandomFaults(),
    tokenFaults: new TokenFaultQueue(),
    outage: new Outage(),
  };
}
