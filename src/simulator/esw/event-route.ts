import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { auditedEventOf, factsOf, flightSubjectOf, type EventFacts } from './event-facts';
import { admit, receiveEvent, refuseTooLarge } from './event-intake';
import { replacement } from './fault-answer';
import type { ArmedFault } from './faults';
import { answerOutage, breakOff, hasMediaType, header, jsonType, readBody, send } from './http-exchange';
import { parseJsonObject } from './json-body';
import type { Flight } from './requests-in-flight';
import type { SimulatorState } from './simulator-state';
import type { WireAnswer } from './wire-answer';

/** Larger bodies are answered 413 (esw-order-event.md 7). */
const bodyLimitBytes = 1024 * 1024;

/** How one request ends: the answer, and the fault that may still delay or swallow it. */
interface Ending {
  answer: WireAnswer | 'reset';
  fault?: ArmedFault | undefined;
}

/** `POST /v1/Events/OrderEvent`; the app must leave request bodies unread. */
export function registerEventRoute(app: FastifyInstance, state: SimulatorState): void {
  app.post('/v1/Events/OrderEvent', async (request, reply) => {
    const out = answerOutage(request, reply, state.outage, 'events');
    if (out) {
      state.ledger.countFault('faulted');
      return out;
    }
    const flight = state.inFlight.begin();
    // For clients that give up before there is an answer.
    reply.raw.once('close', () => {
      flight.end();
    });
    const { answer, fault } = await handle(request, state, flight);
    // Without a reference, so that a simulator that is closed meanwhile does not keep its process alive.
    if (fault?.kind === 'delay') await sleep(fault.delayMs, undefined, { ref: false });
    // Before the answer is written: from then on the client may send its next event.
    flight.end();
    if (answer === 'reset') return breakOff(request, reply, 'reset');
    if (fault?.kind !== 'accept-then-drop') return send(reply, answer);
    state.ledger.countFault('dropped');
    return breakOff(request, reply, 'close');
  });
}

async function handle(request: FastifyRequest, state: SimulatorState, flight: Flight): Promise<Ending> {
  const asked = state.faults.takeBeforeBody();
  const byChance = asked ? undefined : state.disturbance.decide();
  const early = asked ?? byChance;
  const instead = replace(early, state);
  if (instead) return { answer: instead };

  const claims = state.tokens.verify(request.headers.authorization);
  const admission = admit(claims, hasMediaType(request, jsonType), state);
  if ('refusal' in admission) return { answer: admission.refusal, fault: early };
  const bytes = await readBody(request.raw, bodyLimitBytes);
  if (!bytes) return { answer: refuseTooLarge(state), fault: early };

  const parsed = parseJsonObject(bytes);
  const facts = factsOf(parsed);
  watchFlight(flight, facts, admission.tenant, state);
  const fault = asked ?? state.faults.takeFor(facts) ?? byChance;
  const event = {
    bytes,
    parsed,
    facts,
    tokenTenant: admission.tenant,
    idempotencyKey: header(request, 'idempotency-key'),
    correlationId: header(request, 'x-correlation-id'),
  };
  return { answer: replace(fault, state) ?? receiveEvent(event, state), fault };
}

/** What a fault answers in place of the service, counted. */
function replace(
  fault: ArmedFault | undefined,
  { ledger, settings }: SimulatorState,
): WireAnswer | 'reset' | undefined {
  const answer = replacement(fault, settings.now());
  if (answer) ledger.countFault('faulted');
  return answer;
}

/** Tells the audit when another event of the same portfolio order is under way. */
function watchFlight(
  flight: Flight,
  facts: EventFacts,
  tenant: string,
  { audit, settings }: SimulatorState,
): void {
  const subject = flightSubjectOf(facts, tenant);
  if (subject) audit.report(auditedEventOf(facts, tenant, settings.now()), flight.identify(subject));
}
