import type { FastifyInstance } from 'fastify';
import { answerOutage, formType, hasMediaType, readBody, send } from './http-exchange';
import type { SimulatorState } from './simulator-state';
import { json } from './wire-answer';

/** No token request is anywhere near this large. */
const bodyLimitBytes = 16 * 1024;

/** `POST /connect/token` of ESW's Security Token Service (esw-order-event.md 3 and 7); the app must leave bodies unread. */
export function registerTokenRoute(app: FastifyInstance, state: SimulatorState): void {
  app.post('/connect/token', async (request, reply) => {
    const out = answerOutage(request, reply, state.outage, 'token');
    if (out) return out;
    const isForm = hasMediaType(request, formType);
    const body = isForm ? await readBody(request.raw, bodyLimitBytes) : undefined;
    const grant = body ? state.tokens.grant(new URLSearchParams(body.toString('utf8'))) : 'invalid_request';
    // RFC 6749 section 5.1: token answers must not be cached.
    const headers = { 'cache-control': 'no-store', pragma: 'no-cache' };
    const answer =
      typeof grant === 'string' ? json(400, { error: grant }, headers) : json(200, grant, headers);
    return send(reply, answer);
  });
}
