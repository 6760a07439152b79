/** Looks at Upvest: tokens, the signature, the clock, and the webhook subscription. */
import { UpvestRetry } from '../upvest/errors';
import type { UpvestWebhook } from '../upvest/schemas';
import { ensureSubscription } from '../upvest/subscription';
import type { UpvestScope } from '../upvest/token';
import { examine, failed, notChecked, ok, type Check, type CheckResult, type Finding } from './check';
import type { UpvestProbe } from './upvest-probe';

export interface UpvestParts {
  probe: UpvestProbe;
  /** Path of the webhook at our server; absent where the configuration does not say it. */
  webhookPath?: string;
  /** Where Upvest reaches it, where somebody says so. */
  webhookUrl?: string;
  timeoutMs: number;
}

/** Those that worker and server ask for. */
const SCOPES: UpvestScope[] = ['portfolios:admin', 'portfolios:read orders:read', 'webhooks:read'];

/** Upvest refuses signatures from clocks that are some ten seconds off (upvest.md 2.4). */
const WORST_SKEW_MS = 5_000;

const REACH = 'Check UPVEST_BASE_URL, and the network and proxy of this machine.';
const RIGHTS =
  'Check UPVEST_CLIENT_ID, UPVEST_CLIENT_SECRET, and the scopes that Upvest gave to the client; and that UPVEST_KEY_ID ' +
  'names the public half of the key in UPVEST_PRIVATE_KEY_FILE.';

export async function upvestResults(parts: UpvestParts): Promise<CheckResult[]> {
  const { probe, timeoutMs } = parts;
  const look = (name: string, one: Check['look'], remedy = REACH): Promise<CheckResult> =>
    examine({ area: 'Upvest', name, look: one, remedy }, timeoutMs);

  const token = await look('token', () => tokens(probe));
  const clock = look('clock', () => Promise.resolve(clockFinding(probe)));
  const ifToken = (one: Check['look']): Check['look'] =>
    token.result === 'ok' ? one : () => Promise.resolve(notChecked('there is no token'));
  const webhooks = token.result === 'ok' ? probe.listWebhooks() : Promise.resolve([]);
  return [
    token,
    ...(await Promise.all([
      clock,
      look(
        'signature',
        ifToken(() => signature(webhooks)),
      ),
      look(
        'webhook',
        ifToken(async () => subscription(await webhooks, parts)),
      ),
      look(
        'webhook keys',
        ifToken(() => keys(probe)),
      ),
    ])),
  ];
}

async function tokens(probe: UpvestProbe): Promise<Finding> {
  const findings = await Promise.all(
    SCOPES.map(async (scope) => {
      try {
        await probe.token(scope);
        return undefined;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        return failed(error.message, error instanceof UpvestRetry ? REACH : RIGHTS);
      }
    }),
  );
  return findings.find((one) => one !== undefined) ?? ok(`given for ${SCOPES.join(', ')}`);
}

function clockFinding(probe: UpvestProbe): Finding {
  const skew = probe.skewMs();
  if (skew === undefined) return notChecked('no answer of Upvest said a time');
  const seconds = Math.round(Math.abs(skew) / 1000);
  const text =
    seconds < 1 ? 'at one with Upvest’s' : `${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} Upvest’s`;
  return Math.abs(skew) > WORST_SKEW_MS
    ? failed(`this machine's clock is ${text}`, 'Synchronise the clock: signatures live for seconds.')
    : ok(text);
}

async function signature(webhooks: Promise<UpvestWebhook[]>): Promise<Finding> {
  try {
    await webhooks;
    return ok('a signed call was accepted');
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return failed(error.message, error instanceof UpvestRetry ? REACH : RIGHTS);
  }
}

async function keys(probe: UpvestProbe): Promise<Finding> {
  const { length } = await probe.readVerifyKeys();
  return length > 0
    ? ok(`${length} to verify webhooks with`)
    : failed(
        'Upvest lists no key to verify webhooks with',
        'Ask Upvest: no webhook can be accepted without one.',
      );
}

/** What registering would do is what is wrong; it is only played. */
async function subscription(
  all: UpvestWebhook[],
  { webhookUrl, webhookPath }: UpvestParts,
): Promise<Finding> {
  const urls = webhookUrl === undefined ? urlsWithPath(all, webhookPath) : [webhookUrl];
  const register = `portfolio-orders webhook register ${webhookUrl ?? `https://<host>${webhookPath ?? '/webhooks/upvest'}`}`;
  if (urls.length === 0) {
    if (webhookPath === undefined)
      return notChecked('the configuration of the server, which has its path, is missing');
    return failed(`none of the ${all.length} webhooks at Upvest leads to ${webhookPath}`, `Run: ${register}`);
  }
  const problems = await Promise.all(urls.map((url) => problemWith(url, all)));
  const good = urls.filter((_, index) => problems[index] === undefined);
  if (good.length > 0) return ok(`enabled, with all that is needed, to ${good.join(', ')}`);
  const what = urls.map((url, index) => `${url} ${problems[index] ?? ''}`).join('\n');
  return failed(what, `Run: ${register}`);
}

function urlsWithPath(all: UpvestWebhook[], path: string | undefined): string[] {
  return all.map(({ url }) => url).filter((url) => URL.canParse(url) && new URL(url).pathname === path);
}

async function problemWith(url: string, all: UpvestWebhook[]): Promise<string | undefined> {
  let problem: string | undefined;
  const played: UpvestWebhook = { id: '', title: undefined, url, enabled: false, type: [] };
  await ensureSubscription(
    {
      listWebhooks: () => Promise.resolve(all),
      createWebhook() {
        problem = 'has no webhook at Upvest';
        return Promise.resolve(played);
      },
      updateWebhook(id, { types }) {
        const { enabled = false, type = [] } = all.find((one) => one.id === id) ?? {};
        const lacking = (types ?? []).filter((one) => !type.includes(one));
        // What was only created just now is named above.
        problem ??= [
          ...(enabled ? [] : ['is not enabled']),
          ...(lacking.length > 0 ? [`lacks ${lacking.join(', ')}`] : []),
        ].join(' and ');
        return Promise.resolve(played);
      },
    },
    url,
  );
  return problem;
}
