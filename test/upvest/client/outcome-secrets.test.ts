/** No token, client secret or signature gets into an error: it would travel into logs, results and problem documents. */
import { inspect } from 'node:util';
import { Agent } from 'undici';
import { holdTimeouts, pass, untilSeen } from '../../support/held-timeouts';
import type { Reply } from './http-stub';
import { json, rejection, reset, silence, text } from './http-stub';
import type { UpvestStub } from './upvest-stub';
import { placedOrder, placeRequest, startUpvest } from './upvest-stub';

const TOKEN = 'eyJhbGciOi.J-very_secret~token/+==';
const CLIENT_SECRET = 'S3cret%26more';

let stub: UpvestStub | undefined;
afterEach(async () => {
  await stub?.close();
  stub = undefined;
});

/** Everything that a logger could print of an error: its causes and own properties, too. */
const everythingIn = (error: unknown) =>
  [inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error), (error as Error).stack].join('\n');

function expectNoSecrets(error: unknown): void {
  const printed = everythingIn(error);
  const signatures = (stub?.arrived ?? []).map(({ headers }) =>
    headers.signature?.slice('sig1=:'.length, -1),
  );
  for (const secret of [TOKEN, CLIENT_SECRET, 'very_secret', 'S3cret', ...signatures]) {
    expect(secret).toBeTruthy();
    expect(printed).not.toContain(secret);
  }
}

const issue = json(200, { access_token: TOKEN, expires_in: 1799 });
const options = { clientSecret: CLIENT_SECRET };

/** Answers as a proxy does that complains by showing the request. */
const echo =
  (status: number, form: 'text' | 'json' | 'problem'): Reply =>
  (response, request) => {
    const shown = { ...request.headers, body: request.body.toString() };
    const lines = Object.entries(shown).map(([name, value]) => `${name}: ${value}`);
    const reply = {
      // The secrets alone: what is cut off proves nothing.
      text: text(status, lines.filter((line) => /^(auth|sign|body)/.test(line)).join('\n')),
      json: json(status, { detail: lines.join('\n'), title: JSON.stringify(request.headers) }),
      problem: json(status, {
        type: 'x',
        detail: request.rawHeaders.join(' '),
        title: request.body.toString(),
      }),
    }[form];
    reply(response, request);
  };

const forms = ['text', 'json', 'problem'] as const;
const statuses = [200, 301, 400, 401, 403, 429, 500];

test.each(statuses.flatMap((status) => forms.map((form) => [status, form] as const)))(
  'an answer %i that shows the request as %s',
  async (status, form) => {
    stub = await startUpvest(echo(status, form), options, issue);
    expectNoSecrets(await rejection(stub.client.createPortfolioOrder(placeRequest, 'key')));
    expectNoSecrets(await rejection(stub.client.readOrder('1')));
    const cancelling = await stub.client.cancelPortfolioOrder('1').catch((error: unknown) => error);
    expectNoSecrets(cancelling);
  },
);

test.each(statuses.flatMap((status) => forms.map((form) => [status, form] as const)))(
  'an answer %i to the token call that shows the request as %s',
  async (status, form) => {
    stub = await startUpvest(json(200, placedOrder), options, echo(status, form));
    expectNoSecrets(await rejection(stub.client.readOrder('1')));
  },
);

test.each([
  ['cut off', `{"access_token":"${TOKEN}","expires_in":17`],
  ['of another shape', JSON.stringify({ accessToken: TOKEN, expires_in: 'soon' })],
  ['in a list', JSON.stringify([{ access_token: TOKEN, expires_in: 1799 }])],
])('a token answer %s', async (_how, body) => {
  stub = await startUpvest(json(200, placedOrder), options, text(200, body));
  const error = await rejection(stub.client.readOrder('1'));
  expectNoSecrets(error);
  expect(error).toMatchObject({ code: 'UPVEST_UNAUTHORISED' });
});

test('a reset', async () => {
  stub = await startUpvest(reset, options, issue);
  expectNoSecrets(await rejection(stub.client.createPortfolioOrder(placeRequest, 'key')));
});

describe('a time limit', () => {
  holdTimeouts();

  test('no answer', async () => {
    stub = await startUpvest(silence, { ...options, requestTimeoutMs: 150 }, issue);
    const error = rejection(stub.client.createPortfolioOrder(placeRequest, 'key'));
    await untilSeen(() => stub?.on('/portfolios/orders').length === 1);
    pass(150);
    expectNoSecrets(await error);
    expect((await error) as Error).toMatchObject({ message: expect.stringContaining('150 ms') as string });
  });
});

test('a token that cannot be a header', async () => {
  stub = await startUpvest(
    json(200, placedOrder),
    options,
    json(200, { access_token: `${TOKEN}\n`, expires_in: 9 }),
  );
  expectNoSecrets(await rejection(stub.client.readOrder('1')));
});

test('no connection', async () => {
  const dispatcher = new Agent();
  stub = await startUpvest(json(200, placedOrder), { ...options, dispatcher }, issue);
  await stub.client.readOrder('1').catch(() => undefined);
  await dispatcher.close();
  expectNoSecrets(await rejection(stub.client.readOrder('1')));
});
