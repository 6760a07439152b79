/** Checks Upvest: tokens, the signature, the clock, and the webhook subscription. */
import { UpvestForeignAnswer, UpvestRetry } from '../upvest/client/errors';
import type { UpvestWebhook } from '../upvest/model/schemas';
import { ensureSubscription } from '../upvest/webhooks/subscription';
import type { UpvestScope } from '../upvest/client/token';
import {
  clockCheck,
  runCheck,
  failed,
  notChecked,
  ok,
  type Check,
  type CheckResult,
  type CheckOutcome,
} from './check';
import type { UpvestProbe } from './upvest-probe';

export interface UpvestParts {
  probe: UpvestProbe;
  /** Path of our webhook as Upvest calls it; absent when the server's configuration is invalid. */
  webhookPath?: string;
  /** Public URL of our webhook, if given. */
  webhookUrl?: string;
  timeoutMs: number;
}

/** Scopes that worker and server use. */
const SCOPES: UpvestScope[] = ['portfolios:admin', 'portfolios:read orders:read', 'webhooks:read'];

const REACH = 'Check UPVEST_BASE_URL, and the network and proxy of this machine.';
const RIGHTS =
  'Check UPVEST_CLIENT_ID, UPVEST_CLIENT_SECRET and the scopes that Upvest granted the client, and that UPVEST_KEY_ID ' +
  'is the id of the public key that belongs to UPVEST_PRIVATE_KEY_FILE.';

function remedyFor(error: Error): string {
  return error instanceof UpvestRetry || error instanceof UpvestForeignAnswer ? REACH : RIGHTS;
}

export async function upvestResults(parts: UpvestParts): Promise<CheckResult[]> {
  const { probe, timeoutMs } = parts;
  const check = (name: string, one: Check['run'], remedy = REACH): Promise<CheckResult> =>
    runCheck({ area: 'Upvest', name, run: one, remedy }, timeoutMs);

  const token = await check('token', () => tokens(probe));
  const clock = check('clock', () => Promise.resolve(clockOutcome(probe)));
  const ifToken = (one: Check['run']): Check['run'] =>
    token.result === 'ok' ? one : () => Promise.resolve(notChecked('no token'));
  const webhooks = token.result === 'ok' ? probe.listWebhooks() : Promise.resolve([]);
  return [
    token,
    ...(await Promise.all([
      clock,
      check(
        'signature',
        ifToken(() => signature(webhooks)),
      ),
      check(
        'webhook',
        ifToken(async () => subscription(await webhooks, parts)),
      ),
      check(
        'webhook keys',
        ifToken(() => keys(probe)),
      ),
    ])),
  ];
}

async function tokens(probe: UpvestProbe): Promise<CheckOutcome> {
  const findings = await Promise.all(
    SCOPES.map(async (scope) => {
      try {
        await probe.token(scope);
        return undefined;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        return failed(error.message, remedyFor(error));
      }
    }),
  );
  return findings.find((one) => one !== undefined) ?? ok(`issued for ${SCOPES.join(', ')}`);
}

function clockOutcome(probe: UpvestProbe): CheckOutcome {
  const skew = probe.skewMs();
  return skew === undefined ? notChecked('no answer from Upvest had a time') : clockCheck(skew, 'Upvest');
}

async function signature(webhooks: Promise<UpvestWebhook[]>): Promise<CheckOutcome> {
  try {
    await webhooks;
    return ok('a signed call was accepted');
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return failed(error.message, remedyFor(error));
  }
}

async function keys(probe: UpvestProbe): Promise<CheckOutcome> {
  const { length } = await probe.readVerifyKeys();
  return length > 0
    ? ok(`${length} available to verify webhooks`)
    : failed(
        'Upvest lists no key to verify webhooks',
        'Contact Upvest: no webhook can be verified without a key.',
      );
}

/** Dry run of the registration: each change that it would make is a problem. */
async function subscription(
  all: UpvestWebhook[],
  { webhookUrl, webhookPath }: UpvestParts,
): Promise<CheckOutcome> {
  const urls = webhookUrl === undefined ? urlsWithPath(all, webhookPath) : [webhookUrl];
  const register = `portfolio-orders webhook register ${webhookUrl ?? `https://<host>${webhookPath ?? '/webhooks/upvest'}`}`;
  if (urls.length === 0) {
    if (webhookPath === undefined)
      return notChecked("the server's configuration, which has the path of the webhook, is missing");
    return failed(
      `none of the ${all.length} webhooks at Upvest has the path ${webhookPath}`,
      `Run: ${register}`,
    );
  }
  const problems = await Promise.all(urls.map((url) => problemWith(url, all)));
  const good = urls.filter((_, index) => problems[index] === undefined);
  if (good.length > 0) return ok(`enabled with all required events: ${good.join(', ')}`);
  const what = urls.map((url, index) => `${url} ${problems[index] ?? ''}`).join('\n');
  return failed(what, `Run: ${register}`);
}

function urlsWithPath(all: UpvestWebhook[], path: string | undefined): string[] {
  return all.map(({ url }) => url).filter((url) => URL.canParse(url) && new URL(url).pathname === path);
}

async function problemWith(url: string, all: UpvestWebhook[]): Promise<string | undefined> {
  let problem: string | undefined;
  const simulated: UpvestWebhook = { id: '', title: undefined, url, enabled: false, type: [] };
  await ensureSubscription(
    {
      listWebhooks: () => Promise.resolve(all),
      createWebhook() {
        problem = 'has no webhook at Upvest';
        return Promise.resolve(simulated);
      },
      updateWebhook(id, { types }) {
        const { enabled = false, type = [] } = all.find((one) => one.id === id) ?? {};
        const lacking = (types ?? []).filter((one) => !type.includes(one));
        // A webhook that would be created is already reported above.
        problem ??= [
          ...(enabled ? [] : ['is not enabled']),
          ...(lacking.length > 0 ? [`lacks ${lacking.join(', ')}`] : []),
        ].join(' and ');
        return Promise.resolve(simulated);
      },
    },
    url,
  );
  return problem;
}
