/** Checks the way of webhooks from their public URL to our server, which proxies may redirect or rewrite. */
import { request } from 'undici';
import { parseJson } from '../lib/json';
import { runCheck, failed, notChecked, ok, type CheckOutcome, type CheckResult } from './check';

export interface WebhookPathParts {
  /** Public URL of our webhook, if given. */
  webhookUrl?: string;
  /** Path of our webhook as Upvest calls it; absent when the server's configuration is invalid. */
  signedPath?: string;
  timeoutMs: number;
}

const REMEDY = 'Check the URL, and that your proxy passes it on to the server.';

export function webhookPathResult({
  webhookUrl,
  signedPath,
  timeoutMs,
}: WebhookPathParts): Promise<CheckResult> {
  const run = async (): Promise<CheckOutcome> => {
    if (webhookUrl === undefined) return notChecked('no public URL: use --webhook-url');
    const { pathname } = new URL(webhookUrl);
    if (signedPath !== undefined && signedPath !== pathname)
      return failed(
        `Upvest signs the path ${pathname}, the server expects ${signedPath}`,
        `Set WEBHOOK_SIGNED_PATH to ${pathname}.`,
      );
    return outcomeOf(webhookUrl, await probe(webhookUrl, timeoutMs));
  };
  return runCheck({ area: 'HTTP server', name: 'webhook path', run, remedy: REMEDY }, timeoutMs);
}

/** The request has no valid signature, so the server does no more than refuse it. */
async function probe(
  url: string,
  timeoutMs: number,
): Promise<{ status: number; code: string; detail: string }> {
  const answer = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'signature-input': 'doctor=()', signature: 'doctor=::' },
    body: '{}',
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  const problem = parseJson(await answer.body.text());
  const { code = '', detail = '' } = (problem ?? {}) as { code?: string; detail?: string };
  return { status: answer.statusCode, code, detail };
}

function outcomeOf(url: string, { status, code, detail }: Awaited<ReturnType<typeof probe>>): CheckOutcome {
  if (status === 401 && code === 'SIGNATURE_INVALID') return ok(`${url} leads to the server`);
  if (code !== 'NOT_FOUND') return failed(`${url} answered ${status} ${detail}`.trim(), REMEDY);
  return failed(
    `${url} leads to the server, at a path that it does not serve: ${detail}`,
    'Set WEBHOOK_PATH to the path that came, and WEBHOOK_SIGNED_PATH to that of the URL.',
  );
}
