import { randomBytes } from 'node:crypto';
import { problem } from '../http/problem';

/** The scopes that this simulator grants (references/upvest.md#authentication). */
const knownScopes = [
  'portfolios:admin',
  'portfolios:read',
  'orders:admin',
  'orders:read',
  'webhooks:admin',
  'webhooks:read',
] as const;

export type Scope = (typeof knownScopes)[number];

/** Response of POST /auth/token. */
export interface TokenResponse {
  access_token: string;
  expires_in: number;
  token_type: 'bearer';
  scope: string;
}

/** Issues and checks opaque access tokens. */
export class AccessTokens {
  private readonly tokens = new Map<string, { scopes: string[]; expiresAt: number }>();

  constructor(
    private readonly client: { clientId: string; clientSecret: string },
    private readonly lifetimeSeconds: number,
  ) {}

  /** Issues a token for the form body of a token request, which has exactly four fields. */
  issue(form: URLSearchParams): TokenResponse {
    const fields = ['client_id', 'client_secret', 'grant_type', 'scope'];
    const given = [...form.keys()];
    const wrong =
      fields.find((name) => form.getAll(name).length !== 1) ?? given.find((name) => !fields.includes(name));
    if (wrong !== undefined) throw problem(400, `The field ${wrong} is missing, repeated or unknown`);
    if (form.get('grant_type') !== 'client_credentials')
      throw problem(400, 'grant_type must be client_credentials');
    if (
      form.get('client_id') !== this.client.clientId ||
      form.get('client_secret') !== this.client.clientSecret
    ) {
      throw problem(401, 'Unknown client or wrong secret');
    }
    const scopes = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
    const unknown = scopes.find((scope) => !(knownScopes as readonly string[]).includes(scope));
    if (scopes.length === 0 || unknown !== undefined)
      throw problem(400, `Unknown scope: ${unknown ?? '(none)'}`);
    const token = randomBytes(32).toString('base64url');
    this.tokens.set(token, { scopes, expiresAt: Date.now() + this.lifetimeSeconds * 1000 });
    return {
      access_token: token,
      expires_in: this.lifetimeSeconds,
      token_type: 'bearer',
      scope: scopes.join(' '),
    };
  }

  /** @throws Problem 401 without a valid token, 403 without the scope. An admin scope includes its read scope. */
  check(authorization: string | undefined, scope: Scope): void {
    const value = /^Bearer ([a-zA-Z0-9\-._~+/]+=*)$/.exec(authorization ?? '')?.[1];
    const token = value === undefined ? undefined : this.tokens.get(value);
    if (!token) throw problem(401, 'The access token is missing or unknown');
    if (token.expiresAt <= Date.now()) throw problem(401, 'The access token has expired');
    const admin = scope.replace(/:read$/, ':admin');
    if (!token.scopes.includes(scope) && !token.scopes.includes(admin)) {
      throw problem(403, `The access token lacks the scope ${scope}`);
    }
  }

  /** Makes every token issued so far invalid. */
  expireAll(): void {
    this.tokens.clear();
  }
}
