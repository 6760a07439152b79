/** Checks our HTTP server: that it answers, and the permissions of the token. */
import { request } from 'undici';
import { parseJson } from '../lib/json';
import { runCheck, failed, notChecked, ok, type Check, type CheckResult, type CheckOutcome } from './check';

export interface HttpServerParts {
  url: string;
  token?: string;
  timeoutMs: number;
}

const REMEDY = 'Start it with node dist/src/server.js, or set --url to its address.';

export async function httpServerResults({ url, token, timeoutMs }: HttpServerParts): Promise<CheckResult[]> {
  const base = url.replace(/\/+$/, '');
  const get = async (path: string, headers: Record<string, string> = {}): Promise<Answer> => {
    const limits = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs };
    const { statusCode, body } = await request(`${base}${path}`, { headers, ...limits });
    return { status: statusCode, body: bodyOf(await body.text()) };
  };
  const check = (name: string, one: Check['run']): Promise<CheckResult> =>
    runCheck({ area: 'HTTP server', name, run: one, remedy: REMEDY }, timeoutMs);
  const whoami = token === undefined ? undefined : get('/whoami', { authorization: `Bearer ${token}` });
  return Promise.all([
    check('alive', async () => aliveOutcome(url, await get('/openapi.json'))),
    check('API token', async () =>
      whoami === undefined
        ? notChecked('no token: set PORTFOLIO_ORDERS_TOKEN or use --token-file')
        : tokenOutcome(await whoami),
    ),
    check('proxy', async () =>
      whoami === undefined ? notChecked('no token, which the server asks for') : proxyOutcome(await whoami),
    ),
  ]);
}

function bodyOf(text: string): Answer['body'] {
  const body = parseJson(text);
  return typeof body === 'object' && body !== null ? body : {};
}

interface Answer {
  status: number;
  body: {
    name?: string;
    role?: string;
    roles?: string[];
    may?: string[];
    proxy?: { address: string; trusted: boolean };
    detail?: string;
  };
}

function aliveOutcome(url: string, { status }: Answer): CheckOutcome {
  return status === 200 ? ok(`${url} answers`) : failed(`${url} answered ${status} to /openapi.json`, REMEDY);
}

function tokenOutcome({ status, body }: Answer): CheckOutcome {
  if (status === 200) {
    // A server of an earlier release sends only `role`.
    const { name = '', role = '', roles = [role], may = [] } = body;
    const what = roles.length === 1 ? 'role' : 'roles';
    return ok(`${name} has the ${what} ${roles.join(', ')} (${may.join(', ')})`);
  }
  return failed(
    body.detail ?? `/whoami answered ${status}`,
    "Use a token whose hash is in the server's API_TOKENS_FILE; create one with: portfolio-orders token create",
  );
}

/** Behind a proxy that is not trusted, all callers have its address and share one limit of unknown tokens. */
function proxyOutcome({ status, body: { proxy } }: Answer): CheckOutcome {
  if (status !== 200) return notChecked('no valid token');
  if (proxy === undefined) return ok('none on the way to the server');
  if (proxy.trusted) return ok(`${proxy.address} is trusted`);
  const { address } = proxy;
  return failed(
    `the server takes the address of the proxy, ${address}, for that of every caller`,
    `Set HTTP_TRUSTED_PROXIES to the addresses of your proxies, here ${address.replace(/^::ffff:/, '')}.`,
  );
}
