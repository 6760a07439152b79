/** Looks at our own HTTP server: alive, ready, and what the token may do. */
import { request } from 'undici';
import { parseJson } from '../json';
import { examine, failed, notChecked, ok, type Check, type CheckResult, type Finding } from './check';

export interface HttpServerParts {
  url: string;
  token?: string;
  timeoutMs: number;
}

const REMEDY = 'Start it: node dist/src/server.js; or say with --url where it listens.';

export async function httpServerResults({ url, token, timeoutMs }: HttpServerParts): Promise<CheckResult[]> {
  const base = url.replace(/\/+$/, '');
  const get = async (path: string, headers: Record<string, string> = {}): Promise<Answer> => {
    const limits = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs };
    const { statusCode, body } = await request(`${base}${path}`, { headers, ...limits });
    return { status: statusCode, body: bodyOf(await body.text()) };
  };
  const look = (name: string, one: Check['look']): Promise<CheckResult> =>
    examine({ area: 'HTTP server', name, look: one, remedy: REMEDY }, timeoutMs);
  return Promise.all([
    look('alive', async () => aliveFinding(url, await get('/healthz'))),
    look('ready', async () => readyFinding(await get('/readyz'))),
    look('API token', async () =>
      token === undefined
        ? notChecked('there is none: PORTFOLIO_ORDERS_TOKEN or --token-file')
        : tokenFinding(await get('/whoami', { authorization: `Bearer ${token}` })),
    ),
  ]);
}

function bodyOf(text: string): Answer['body'] {
  const body = parseJson(text);
  return typeof body === 'object' && body !== null ? body : {};
}

interface Answer {
  status: number;
  body: { reason?: string; name?: string; role?: string; roles?: string[]; may?: string[]; detail?: string };
}

function aliveFinding(url: string, { status }: Answer): Finding {
  return status === 200 ? ok(`${url} answers`) : failed(`${url} answered ${status} to /healthz`, REMEDY);
}

function readyFinding({ status, body }: Answer): Finding {
  return status === 200
    ? ok('Temporal can be reached from there, and its namespace is fit')
    : failed(
        body.reason ?? `/readyz answered ${status}`,
        'Mend what it says there; see the log of the server.',
      );
}

function tokenFinding({ status, body }: Answer): Finding {
  if (status === 200) {
    // A server of an earlier release has `role` alone.
    const { name = '', role = '', roles = [role], may = [] } = body;
    const what = roles.length === 1 ? 'role' : 'roles';
    return ok(`${name} has the ${what} ${roles.join(', ')} (${may.join(', ')})`);
  }
  return failed(
    body.detail ?? `/whoami answered ${status}`,
    'Use a token whose hash is in API_TOKENS_FILE of the server; portfolio-orders token create makes one.',
  );
}
