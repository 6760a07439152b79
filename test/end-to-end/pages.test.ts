/** The operators' page in a real browser, under the standard policies of tests. */
import { decisionsSuite } from '../page/decisions.suite';
import { pageSuite } from '../page/page.suite';
import { pictureSuite } from '../page/picture.suite';
import { useBrowser } from '../support/browser';
import { useStack } from '../support/stack';

const stack = useStack();
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
