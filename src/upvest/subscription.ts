/** Our webhook subscription at Upvest (`upvest.md` 3.7). */
import { isIP } from 'node:net';
import type { UpvestClient } from './client';
import type { UpvestWebhook } from './schemas';

/**
 * Without EXECUTION there is no settlement of children, without ORDER_CANCELLATION no refusals, without
 * REBALANCING_EXECUTION_ORDER no reason why an account was not rebalanced (`upvest.md` 5.2, 3.6).
 */
const CATEGORIES = [
  'PORTFOLIO_ORDER',
  'ORDER',
  'EXECUTION',
  'ORDER_CANCELLATION',
  'REBALANCING_EXECUTION_ORDER',
];
// Title and configuration keep to the newest limits, which are the narrowest.
const TITLE = 'portfolio-order-coordinator';
const DELAY = '1s';
const PACKAGE_BYTES = 51_200;

/**
 * Makes sure that an enabled webhook sends all that we need to `url`: takes the one that is there, or creates it. Asks
 * for categories that it lacks, and enables it, because new ones start disabled. Creating is not idempotent, so it is
 * looked for first; after any failure this can be called again.
 */
export async function ensureSubscription(
  upvest: Pick<UpvestClient, 'listWebhooks' | 'createWebhook' | 'updateWebhook'>,
  url: string,
): Promise<UpvestWebhook> {
  const there = (await upvest.listWebhooks()).filter((webhook) => isSameAddress(webhook.url, url));
  const webhook =
    there.find(({ enabled }) => enabled) ??
    there[0] ??
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

/** Whether two URLs are the same once they are written the same way. */
export function isSameAddress(one: string, other: string): boolean {
  return one === other || (URL.canParse(one) && URL.canParse(other) && hrefOf(one) === hrefOf(other));
}

function hrefOf(url: string): string {
  return new URL(url).href;
}

const ADVICE =
  'Give the address under which Upvest reaches the server, such as https://<host>/webhooks/upvest.';
const MAX_URL_CHARACTERS = 1000;

/**
 * What Upvest would not take about an address, and what to do about it; undefined for a good one. An Upvest that is
 * itself reached by plain http is a simulator: that one may also send to this machine or to a neighbour in its network.
 */
export function addressProblem(address: string, upvestBaseUrl: string): string | undefined {
  if (!URL.canParse(address)) return `${address} is no URL. ${ADVICE}`;
  if (address.length > MAX_URL_CHARACTERS)
    return `A webhook's URL has at most ${MAX_URL_CHARACTERS} characters.`;
  const { protocol, hostname } = new URL(address);
  const isIp = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
  const isBareName = !isIp && !hostname.includes('.');
  const isNear = isBareName || hostname.startsWith('127.') || hostname === '[::1]';
  if (isNear && /^https?:$/.test(protocol) && new URL(upvestBaseUrl).protocol === 'http:') return undefined;
  if (protocol !== 'https:') return `Upvest sends webhooks over https only, not to ${address}. ${ADVICE}`;
  if (isIp) return `Upvest sends webhooks to DNS names only, not to the IP address ${hostname}. ${ADVICE}`;
  if (isBareName) return `Upvest cannot resolve ${hostname}, which is no public DNS name. ${ADVICE}`;
  return undefined;
}
