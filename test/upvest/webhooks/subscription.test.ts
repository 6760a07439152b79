/**
 * Which addresses a webhook may have (references/upvest.md#webhook-subscriptions). What is done with them is tested
 * through the client script.
 */
import { addressProblem, isSameAddress } from '../../../src/upvest/webhooks/subscription';

const UPVEST = 'https://sandbox.upvest.co';
const SIMULATOR = 'http://127.0.0.1:4010';
const PUBLIC = 'https://hooks.example.com/webhooks/upvest';

test.each([UPVEST, SIMULATOR])('a public https address is good for %s', (baseUrl) => {
  expect(addressProblem(PUBLIC, baseUrl)).toBeUndefined();
});

describe.each([UPVEST, SIMULATOR])('%s does not take', (baseUrl) => {
  test.each([
    ['http', 'http://hooks.example.com/x', /over https only/],
    ['another scheme', 'ftp://localhost/x', /over https only/],
    ['an IPv4 host', 'https://192.0.2.7/x', /DNS names only/],
    ['an IPv4 host in another notation', 'https://3221225991/x', /DNS names only/],
    ['an IPv6 host', 'https://[2001:db8::1]/x', /DNS names only/],
    ['no scheme', 'hooks.example.com/x', /is not a URL/],
    ['nothing', '', /is not a URL/],
    ['more than 1000 characters', `${PUBLIC}/${'x'.repeat(1000)}`, /at most 1000/],
  ])('%s', (_what, address, problem) => {
    expect(addressProblem(address, baseUrl)).toMatch(problem);
  });
});

test.each([
  'http://127.0.0.1:3000/x',
  'http://127.1.2.3/x',
  'http://localhost:3000/x',
  'http://[::1]:3000/x',
  'https://localhost/x',
  'http://server:3000/x',
])('%s is good for a simulator, and not for Upvest', (address) => {
  expect(addressProblem(address, SIMULATOR)).toBeUndefined();
  expect(addressProblem(address, UPVEST)).toMatch(/https:\/\/<host>\/webhooks\/upvest/);
});

test.each([
  ['https://h.example', 'https://h.example/', true],
  ['https://H.example:443/x', 'https://h.example/x', true],
  ['https://h.example/x', 'https://h.example/y', false],
  ['https://h.example/x', 'http://h.example/x', false],
  ['no url', 'https://h.example/x', false],
])('%s and %s are one address: %s', (one, other, same) => {
  expect(isSameAddress(one, other)).toBe(same);
});
