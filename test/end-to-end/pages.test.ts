/** The operators' page in a real browser, under the standard policies of tests. */
import { decisionsSuite } from '../page/decisions.suite';
import { pageSuite } from '../page/page.suite';
import { pictureSuite } from '../page/picture.suite';
import { useBrowser } from '../support/browser';
import { useStack } from '../support/stack';

/** The minimum for `runningOrder`: every further child makes each page check slower. */
const stack = useStack({ upvest: { children: 4 } });
const browser = useBrowser();

describe('the page', () => {
  pageSuite(stack, browser);
});
describe('decisions', () => {
  decisionsSuite(stack, browser);
});
describe('charts with hostile texts', () => {
  pictureSuite(browser);
});
