/** Our webhook subscription at Upvest. */
import type { UpvestClient } from './client';
import type { UpvestWebhook } from './schemas';

/** Without EXECUTION there is no settlement of children, without ORDER_CANCELLATION no refusals (`upvest.md` 5.2). */
const CATEGORIES = ['PORTFOLIO_ORDER', 'ORDER', 'EXECUTION', 'ORDER_CANCELLATION'];
const TITLE = 'portfolio-order-coordinator';
const PACKAGE_BYTES = 51_200;

/**
 * Makes sure that exactly one enabled webhook sends to `url`: takes the one that is there, or creates it, and enables it,
 * because new ones start disabled (`upvest.md` 3.7). Creating is not idempotent, so it is looked for first.
 */
export async function ensureSubscription(
  upvest: Pick<UpvestClient, 'listWebhooks' | 'createWebhook' | 'enableWebhook'>,
  url: string,
): Promise<UpvestWebhook> {
  const known = (await upvest.listWebhooks()).find((webhook) => webhook.url === url);
  const webhook =
    known ??
    (await upvest.createWebhook({
      title: TITLE,
      url,
      types: CATEGORIES,
      delay: '1s',
      maxPackageSize: PACKAGE_BYTES,
    }));
  return webhook.enabled ? webhook : upvest.enableWebhook(webhook.id);
}
