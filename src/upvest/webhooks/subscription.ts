/** Our webhook subscription at Upvest (references/upvest.md#webhook-subscriptions). */
import { isIP } from 'node:net';
import type { UpvestClient } from '../client/client';
import type { UpvestWebhook } from '../model/schemas';

/**
 * EXECUTION reports the settlement of children, ORDER_CANCELLATION rejected cancels, REBALANCING_EXECUTION_ORDER why an
 * account was not rebalanced (references/upvest.md#event-types, #rebalancing).
 */
const CATEGORIES = [
  'PORTFOLIO_ORDER',
  'ORDER',
  'EXECUTION',
  'ORDER_CANCELLATION',
  'REBALANCING_EXECUTION_ORDER',
];
// Within Upvest's newest limits, which are the narrowest.
const TITLE = 'portfolio-order-coordinator';
const DELAY = '1s';
const PACKAGE_BYTES = 51_200;

/**
 * Ensures that an enabled webhook sends all required events to `url`: reuses or creates it, adds missing categories, and
 * enables it, since new webhooks are disabled. Creating is not idempotent, so it looks for an existing one first; retry it
 * after any failure.
 */
export async function ensureSubscription(
  upvest: Pick<UpvestClient, 'listWebhooks' | 'createWebhook' | 'updateWebhook'>,
  url: string,
): Promise<UpvestWebhook> {
  const existing = (await upvest.listWebhooks()).filter((webhook) => isSameAddress(webhook.url, url));
  const webhook =
    existing.find(({ enabled }) => enabled) ??
    existing[0] ??
    (await upvest.createWebhook({
      title: TITLE,
      url,
      types: CATEGORIES,
      delay: DELAY,
      maxPackageSize: PACKAGE_BYTES,
    }));
  const lacking = webhook.type.includes('ALL')
    ? []
    : CATEGORIES.filter((category) => !webhook.type.includes(category));
  if (webhook.enabled && lacking.length === 0) return webhook;
  return upvest.updateWebhook(webhook.id, {
    enabled: true,
    ...(lacking.length > 0 && { types: [...webhook.type, ...lacking] }),
  });
}

/** Whether two URLs are equal after normalisation. */
export function isSameAddress(one: string, other: string): boolean {
  return one === other || (URL.canParse(one) && URL.canParse(other) && hrefOf(one) === hrefOf(other));
}

function hrefOf(url: string): string {
  return new URL(url).href;
}

const ADVICE = 'Give the public URL of the server, such as https://<host>/webhooks/upvest.';
const MAX_URL_CHARACTERS = 1000;

/**
 * Why Upvest would reject a URL, with a remedy; undefined for a valid one. An Upvest with a plain http base URL is a
 * simulator, which may also send to this machine or to a host in its network.
 */
export function addressProblem(address: string, upvestBaseUrl: string): string | undefined {
  if (!URL.canParse(address)) return `${address} is not a URL. ${ADVICE}`;
  if (address.length > MAX_URL_CHARACTERS)
    return `A webhook's URL has at most ${MAX_URL_CHARACTERS} characters.`;
  const { protocol, hostname } = new URL(address);
  const isIp = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
  const isBareName = !isIp && !hostname.includes('.');
  const isNear = isBareName || hostname.startsWith('127.') || hostname === '[::1]';
  if (isNear && /^https?:$/.test(protocol) && new URL(upvestBaseUrl).protocol === 'http:') return undefined;
  if (protocol !== 'https:') return `Upvest sends webhooks over https only, not to ${address}. ${ADVICE}`;
  if (isIp) return `Upvest sends webhooks to DNS names only, not to the IP address ${hostname}. ${ADVICE}`;
  if (isBareName) return `Upvest cannot resolve ${hostname}, which is not a public DNS name. ${ADVICE}`;
  return undefined;
}
