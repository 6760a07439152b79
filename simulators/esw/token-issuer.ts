import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { SimulatorSettings } from './options';

/** Scopes of other ESW APIs (references/esw.md#authentication): granted, but not accepted for order events. */
const otherScopes = [
  'logistics.package.api.all',
  'logistics.returns.api.all',
  'logistics.catalog.api.upload',
  'checkout.preorder.api.all',
  'pricing.advisor.api.all',
  'order.transaction.create.api.all',
  'order.transaction.cancel.api.all',
];

/** OAuth error codes of the token endpoint (RFC 6749 section 5.2). */
export type TokenError = 'invalid_request' | 'unsupported_grant_type' | 'invalid_client' | 'invalid_scope';

/** Successful response of the token endpoint (RFC 6749 section 5.1). */
export interface TokenGrant {
  access_token: string;
  token_type: 'Bearer';
  /** Seconds. */
  expires_in: number;
  scope: string;
}

/** Claims of a valid access token. */
export interface TokenClaims {
  tenant: string;
  scopes: readonly string[];
}

const payloadSchema = z.object({
  tenant: z.string(),
  scope: z.array(z.string()),
  exp: z.number(),
  serial: z.number(),
});

/**
 * Issues and verifies tokens for the only client, with a key generated at start. ESW signs with RS256; here only the
 * simulator verifies tokens, so HS256 avoids generating an RSA key at each start (0.1 s and more).
 */
export class TokenIssuer {
  private readonly key = randomBytes(32);
  private issued = 0;
  private expiredThrough = 0;

  constructor(private readonly settings: SimulatorSettings) {}

  /** Handles a client-credentials request; checks run in the order of references/esw.md#simulated-behaviour. */
  grant(
    form: URLSearchParams,
    lifetimeSeconds: number = this.settings.tokenLifetimeSeconds,
  ): TokenGrant | TokenError {
    const names = [...form.keys()];
    if (new Set(names).size !== names.length) return 'invalid_request';
    if (form.get('grant_type') !== 'client_credentials') return 'unsupported_grant_type';
    const known =
      sameText(form.get('client_id') ?? '', this.settings.clientId) &&
      sameText(form.get('client_secret') ?? '', this.settings.clientSecret);
    if (!known) return 'invalid_client';
    const scopes = (form.get('scope') ?? '').split(' ').filter((name) => name !== '');
    const grantable = [...this.settings.requiredScopes, ...otherScopes];
    if (scopes.length === 0 || scopes.some((name) => !grantable.includes(name))) return 'invalid_scope';
    return {
      access_token: this.sign(scopes, lifetimeSeconds),
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      scope: scopes.join(' '),
    };
  }

  /** Claims of the token in an `Authorization` header, or undefined if it is missing, malformed or expired. */
  verify(authorization: string | undefined): TokenClaims | undefined {
    // ESW's returns client sends `BEARER`, so the scheme is case-insensitive (references/esw.md#simulated-behaviour).
    const [, head, payload, signature] =
      /^bearer +([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(authorization ?? '') ?? [];
    if (head === undefined || payload === undefined || signature === undefined) return undefined;
    if (!sameText(signature, this.signatureOf(`${head}.${payload}`))) return undefined;
    const claims = payloadSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
    if (claims.exp * 1000 <= this.settings.now() || claims.serial <= this.expiredThrough) return undefined;
    return { tenant: claims.tenant, scopes: claims.scope };
  }

  /** Expires all tokens issued so far. */
  expireAll(): void {
    this.expiredThrough = this.issued;
  }

  private sign(scopes: readonly string[], lifetimeSeconds: number): string {
    this.issued += 1;
    const issuedAt = this.settings.now() / 1000;
    const claims = {
      client_id: this.settings.clientId,
      tenant: this.settings.tenantCode,
      scope: scopes,
      iat: Math.floor(issuedAt),
      // Fractional, as RFC 7519 section 2 allows: a token of one second must last that long.
      exp: issuedAt + lifetimeSeconds,
      serial: this.issued,
    };
    const signed = [{ alg: 'HS256', typ: 'at+jwt' }, claims].map(encode).join('.');
    return `${signed}.${this.signatureOf(signed)}`;
  }

  private signatureOf(signed: string): string {
    return createHmac('sha256', this.key).update(signed).digest('base64url');
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** Compares in constant time; hashes have equal lengths. */
function sameText(left: string, right: string): boolean {
  const [a, b] = [left, right].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
