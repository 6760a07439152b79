/** Webhooks in front of real orders, under the standard policies of tests. */
import { webhookSignatureSuite } from '../http/webhook-signature.suite';
import { webhookSuite } from '../http/webhook.suite';
import { useStack } from '../support/stack';

const stack = useStack({ upvest: { children: 2 } });

describe('who may send webhooks', () => {
  webhookSignatureSuite(stack);
});
describe('what becomes of each event', () => {
  webhookSuite(stack);
});
