import type { FastifyInstance } from 'fastify';
import type { AccessTokens } from '../access/access-tokens';
import { rawBody, requireScope } from './api-server';
import { problem } from './problem';
import type { WebhookSigner } from '../webhooks/webhook-signature';

/** Tokens and the public keys of webhook signatures (references/upvest.md#authentication, #webhook-subscriptions). */
export function authRoutes(
  api: FastifyInstance,
  { tokens, signer, clientId }: { tokens: AccessTokens; signer: WebhookSigner; clientId: string },
): void {
  api.post('/auth/token', (request) => {
    const form = new URLSearchParams(rawBody(request)?.toString('utf8') ?? '');
    if (request.headers.authorization !== undefined)
      throw problem(400, 'The token request must not carry an authorization header');
    if (form.get('client_id') !== clientId) throw problem(401, 'Unknown client or wrong secret');
    return tokens.issue(form);
  });

  api.get('/auth/verify_keys', requireScope(tokens, 'webhooks:read'), () => ({ keys: signer.verifyKeys() }));
}
