import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { respondToOutage, abortConnection, formType, hasMediaType, readBody, send } from './http-exchange';
import type { SimulatorState } from '../simulator-state';
import type { ArmedTokenFault } from '../faults/token-faults';
import type { TokenError, TokenGrant, TokenIssuer } from '../token-issuer';
import { internalError, json, serviceUnavailable } from './wire-response';

/** Far above the size of any token request. */
const bodyLimitBytes = 16 * 1024;

/**
 * `POST /connect/token` of ESW's Security Token Service (references/esw.md#authentication and #simulated-behaviour);
 * the app must leave bodies unread.
 */
export function registerTokenRoute(app: FastifyInstance, state: SimulatorState): void {
  app.post('/connect/token', async (request, reply) => {
    const out = respondToOutage(request, reply, state.outage, 'token');
    if (out) return out;
    const fault = state.tokenFaults.take();
    if (fault?.kind === 'reset') return abortConnection(request, reply, 'reset');
    if (fault?.kind === '500') return send(reply, internalError());
    if (fault?.kind === '503') return send(reply, serviceUnavailable());
    const isForm = hasMediaType(request, formType);
    const body = isForm ? await readBody(request.raw, bodyLimitBytes) : undefined;
    const grant = decide(body, fault, state.tokens);
    // Unreferenced, so that the timer does not keep the process of a closed simulator alive.
    if (fault?.kind === 'delay') await sleep(fault.delayMs, undefined, { ref: false });
    // RFC 6749 section 5.1: token responses must not be cached.
    const headers = { 'cache-control': 'no-store', pragma: 'no-cache' };
    const response =
      typeof grant === 'string' ? json(400, { error: grant }, headers) : json(200, grant, headers);
    return send(reply, response);
  });
}

function decide(
  body: Buffer | undefined,
  fault: ArmedTokenFault | undefined,
  tokens: TokenIssuer,
): TokenGrant | TokenError {
  if (!body) return 'invalid_request';
  if (fault?.kind === 'invalid_client') return 'invalid_client';
  const lifetimeSeconds = fault?.kind === 'short-lived' ? fault.expiresInSeconds : undefined;
  return tokens.grant(new URLSearchParams(body.toString('utf8')), lifetimeSeconds);
}
