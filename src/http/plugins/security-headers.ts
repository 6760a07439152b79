/** Security headers of every response: no scripts, no framing, no content sniffing. */
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

const CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Content security policies by kind of response. */
export const CSP = {
  /** JSON and everything else that is not a page. */
  api: CLOSED,
  /** An SVG with its own style sheet and without scripts. */
  picture: `${CLOSED}; style-src 'unsafe-inline'; sandbox`,
  /** The operators' page. */
  page: `${CLOSED}; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'`,
  /** The page of the API docs, which uses inline styles. */
  docs: `${CLOSED}; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'`,
} as const;

/** Adds the headers to every response, errors included. */
export async function protect(app: FastifyInstance): Promise<void> {
  await app.register(helmet, { contentSecurityPolicy: false, frameguard: { action: 'deny' } });
  withContentSecurity(app, CSP.api);
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.header('cache-control', 'no-store');
    done();
  });
}

/** Headers of responses sent before any hook runs, such as for a path that cannot be decoded. */
export const EARLY_HEADERS = {
  'content-security-policy': CSP.api,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
} as const;

/** Sets the policy for all routes of `app`. */
export function withContentSecurity(app: FastifyInstance, policy: string): void {
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.header('content-security-policy', policy);
    done();
  });
}
