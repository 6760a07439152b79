import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { admit, receiveEvent, refuseTooLarge } from './event-intake';
import { replacement, type ArmedFault, type FaultMatch } from './faults';
import { answerOutage, breakOff, hasMediaType, header, jsonType, readBody, send } from './http-exchange';
import { parseJsonObject, type JsonObject } from './json-body';
import type { SimulatorState } from './simulator-state';
import type { WireAnswer } from './wire-answer';

/** Larger bodies are answered 413 (esw-order-event.md 7). */
const bodyLimitBytes = 1024 * 1024;

/** How one request ends: the answer, and the fault that may still delay or swallow it. */
interface Ending {
  answer: WireAnswer | 'reset';
  fault: ArmedFault | undefined;
}

/** `POST /v1/Events/OrderEvent`; the app must leave request bodies unread. */
export function registerEventRoute(app: FastifyInstance, state: SimulatorState): void {
  app.post('/v1/Events/OrderEvent', async (request, reply) => {
    const out = answerOutage(request, reply, state.outage, 'events');
    return out ?? finish(request, reply, await handle(request, state));
  });
}

async function handle(request: FastifyRequest, state: SimulatorState): Promise<Ending> {
  const early = state.faults.takeBeforeBody();
  const instead = replacement(early);
  if (instead) return { answer: instead, fault: early };

  const claims = state.tokens.verify(request.headers.authorization);
  const admission = admit(claims, hasMediaType(request, jsonType), state);
  if ('refusal' in admission) return { answer: admission.refusal, fault: early };
  const bytes = await readBody(request.raw, bodyLimitBytes);
  if (!bytes) return { answer: refuseTooLarge(state), fault: early };

  const parsed = parseJsonObject(bytes);
  const fault = early ?? state.faults.takeFor(factsOf(parsed));
  const event = {
    bytes,
    parsed,
    tokenTenant: admission.tenant,
    idempotencyKey: header(request, 'idempotency-key'),
    correlationId: header(request, 'x-correlation-id'),
  };
  return { answer: replacement(fault) ?? receiveEvent(event, state), fault };
}

async function finish(
  request: FastifyRequest,
  reply: FastifyReply,
  { answer, fault }: Ending,
): Promise<FastifyReply> {
  if (answer === 'reset') return breakOff(request, reply, 'reset');
  if (fault?.kind === 'accept-then-drop') return breakOff(request, reply, 'close');
  // Without a reference, so that a simulator that is closed meanwhile does not keep its process alive.
  if (fault?.kind === 'delay') await sleep(fault.delayMs, undefined, { ref: false });
  return send(reply, answer);
}

/** What a fault may look for; a body that is wrong here simply matches nothing. */
function factsOf(body: JsonObject | string): FaultMatch {
  if (typeof body === 'string') return {};
  const fact = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return { status: fact(body.status), reference: fact(body.brandOrderReference), id: fact(body.id) };
}
