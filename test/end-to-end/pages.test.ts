/** The operators' page in a real browser, under the standard policies of tests. */
import { decisionsSuite } from '../page/decisions.suite';
import { pageSuite } from '../page/page.suite';
import { pictureSuite } from '../page/picture.suite';
import { useBrowser } from '../support/browser';
import { useStack } from '../support/stack';

/** As few children as `runningOrder` can do with: each more is drawn, named and checked by all that looks at a page. */
const stack = useStack({ upvest: { children: 4 } });
const browser = useBrowser();

describe('the page', () => {
  pageSuite(stack, browser);
});
describe('decisions', () => {
  decisionsSuite(stack, browser);
});
describe('pictures of hostile texts', () => {
  pictureSuite(browser);
});
