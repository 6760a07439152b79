import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { auditedEventOf, factsOf, inFlightEventOf, type EventFacts } from '../events/event-facts';
import { admit, receiveEvent, rejectTooLarge } from '../events/event-intake';
import { faultResponse } from './fault-response';
import type { ArmedFault } from '../faults/faults';
import {
  respondToOutage,
  abortConnection,
  hasMediaType,
  header,
  jsonType,
  readBody,
  send,
} from './http-exchange';
import { parseJsonObject } from './json-body';
import type { InFlightRequest } from './requests-in-flight';
import type { SimulatorState } from '../simulator-state';
import type { WireResponse } from './wire-response';

/** Larger bodies get 413 (references/esw.md#simulated-behaviour). */
const bodyLimitBytes = 1024 * 1024;

/** Response to a request, and the fault that may still delay or drop it. */
interface Outcome {
  response: WireResponse | 'reset';
  fault?: ArmedFault | undefined;
}

/** `POST /v1/Events/OrderEvent`; the app must leave request bodies unread. */
export function registerEventRoute(app: FastifyInstance, state: SimulatorState): void {
  app.post('/v1/Events/OrderEvent', async (request, reply) => {
    const out = respondToOutage(request, reply, state.outage, 'events');
    if (out) {
      state.ledger.countFault('faulted');
      return out;
    }
    const flight = state.inFlight.begin();
    // Also ends when the client disconnects before the response.
    reply.raw.once('close', () => {
      flight.end();
    });
    const { response, fault } = await handle(request, state, flight);
    // Unreferenced, so that the timer does not keep the process of a closed simulator alive.
    if (fault?.kind === 'delay') await sleep(fault.delayMs, undefined, { ref: false });
    // Before the response is written, since the client may send its next event as soon as it arrives.
    flight.end();
    if (response === 'reset') return abortConnection(request, reply, 'reset');
    if (fault?.kind !== 'accept-then-drop') return send(reply, response);
    state.ledger.countFault('dropped');
    return abortConnection(request, reply, 'close');
  });
}

async function handle(
  request: FastifyRequest,
  state: SimulatorState,
  flight: InFlightRequest,
): Promise<Outcome> {
  const armed = state.faults.takeBeforeBody();
  const random = armed ? undefined : state.disturbance.decide();
  const early = armed ?? random;
  const replacement = responseOf(early, state);
  if (replacement) return { response: replacement };

  const claims = state.tokens.verify(request.headers.authorization);
  const admission = admit(claims, hasMediaType(request, jsonType), state);
  if ('rejection' in admission) return { response: admission.rejection, fault: early };
  const bytes = await readBody(request.raw, bodyLimitBytes);
  if (!bytes) return { response: rejectTooLarge(state), fault: early };

  const parsed = parseJsonObject(bytes);
  const facts = factsOf(parsed);
  reportOverlaps(flight, facts, admission.tenant, state);
  const fault = armed ?? state.faults.takeFor(facts) ?? random;
  const event = {
    bytes,
    parsed,
    facts,
    tokenTenant: admission.tenant,
    idempotencyKey: header(request, 'idempotency-key'),
    correlationId: header(request, 'x-correlation-id'),
  };
  return { response: responseOf(fault, state) ?? receiveEvent(event, state), fault };
}

/** The response of a fault instead of the service, counted; undefined if the service handles the request. */
function responseOf(
  fault: ArmedFault | undefined,
  { ledger, settings }: SimulatorState,
): WireResponse | 'reset' | undefined {
  const response = faultResponse(fault, settings.now());
  if (response) ledger.countFault('faulted');
  return response;
}

/** Reports other events of the same portfolio order in flight to the audit. */
function reportOverlaps(
  flight: InFlightRequest,
  facts: EventFacts,
  tenant: string,
  { audit, settings }: SimulatorState,
): void {
  const subject = inFlightEventOf(facts, tenant);
  if (subject) audit.report(auditedEventOf(facts, tenant, settings.now()), flight.identify(subject));
}
