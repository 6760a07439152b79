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

/** How Upvest collects events into one request (references/upvest.md#webhook-subscriptions). */
export interface Batching {
  /** How long an event waits for others at most: `1s` to `30s`. */
  delay: string;
  /** Size of a request, bytes: 100 to 1048576. A single event that is larger is sent all the same. */
  maxPackageSize: number;
}

/**
 * Of a new webhook. A second is the shortest delay, and joins what happens to an order at once. A request of 50 KiB has events of
 * at most some 70 orders, which one server process signals within the second that it may take (docs/decisions.md no. 235).
 */
export const DEFAULT_BATCHING: Batching = { delay: '1s', maxPackageSize: 51_200 };

export const isDelay = (text: string): boolean => /^([1-9]|[12]\d|30)s$/.test(text);

export const isPackageSize = (bytes: number): boolean =>
  Number.isInteger(bytes) && bytes >= 100 && bytes <= 1_048_576;

/**
 * Ensures that an enabled webhook sends all required events to `url`: reuses or creates it, adds missing categories, sets the given
 * batching, and enables it, since new webhooks are disabled. Creating is not idempotent, so it looks for an existing one first; retry
 * it after any failure.
 *
 * @param batching what is absent stays as it is, and is {@link DEFAULT_BATCHING} of a new webhook
 */
export async function ensureSubscription(
  upvest: Pick<UpvestClient, 'listWebhooks' | 'createWebhook' | 'updateWebhook'>,
  url: string,
  batching: Partial<Batching> = {},
): Promise<UpvestWebhook> {
  const existing = (await upvest.listWebhooks()).filter((webhook) => isSameAddress(webhook.url, url));
  const webhook =
    existing.find(({ enabled }) => enabled) ??
    existing[0] ??
    (await upvest.createWebhook({
      title: TITLE,
      url,
      types: CATEGORIES,
      ...DEFAULT_BATCHING,
      ...batching,
    }));
  const lacking = webhook.type.includes('ALL')
    ? []
    : CATEGORIES.filter((category) => !webhook.type.includes(category));
  const current = batchingOf(webhook);
  const wanted = { ...current, ...batching };
  const isRebatched = wanted.delay !== current.delay || wanted.maxPackageSize !== current.maxPackageSize;
  if (webhook.enabled && lacking.length === 0 && !isRebatched) return webhook;
  return upvest.updateWebhook(webhook.id, {
    enabled: true,
    ...(lacking.length > 0 && { types: [...webhook.type, ...lacking] }),
    // Both, since it is not documented whether a change replaces the configuration.
    ...(isRebatched && wanted),
  });
}

/** What Upvest reports of it. */
export function batchingOf({ config }: Pick<UpvestWebhook, 'config'>): Partial<Batching> {
  const { delay, max_package_size: maxPackageSize } = config ?? {};
  return { ...(delay !== undefined && { delay }), ...(maxPackageSize !== undefined && { maxPackageSize }) };
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
