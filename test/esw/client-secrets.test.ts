/** Neither token nor client secret gets into a delivery: it travels into logs, results and histories. */
import type { Reply } from '../upvest/client/http-stub';
import { json, reset, text } from '../upvest/client/http-stub';
import { CLIENT_SECRET, startEsw, type EswStub } from './esw-stub';
import { outgoing } from './order-event-fixture';

const TOKEN = 'eyJhbGciOi.J-very_secret~token/+==';

let esw: EswStub | undefined;
afterEach(async () => {
  await esw?.close();
  esw = undefined;
});

const spellings = [
  TOKEN,
  'eyJhbGciOi',
  'very_secret',
  CLIENT_SECRET,
  encodeURIComponent(CLIENT_SECRET),
  new URLSearchParams({ '': CLIENT_SECRET }).toString().slice(1),
  's3cret',
];

async function delivered(reply: Reply, token: Reply): Promise<string> {
  esw = await startEsw(reply, { token });
  const delivery = await esw.client.deliver(outgoing);
  expect(delivery.outcome).not.toBe('accepted');
  return JSON.stringify(delivery);
}

function expectNoSecrets(printed: string): void {
  for (const spelling of spellings) expect(printed).not.toContain(spelling);
}

const issue = json(200, { access_token: TOKEN, expires_in: 1799 });

/** Answers as a proxy does that complains by showing the request, at the very place where texts are cut off, too. */
const echo =
  (status: number, form: 'text' | 'late text' | 'json' | 'problem' | 'header'): Reply =>
  (response, request) => {
    const shown = `${request.headers.authorization ?? ''} ${request.body.toString().slice(0, 300)}`;
    const reply = {
      text: text(status, shown),
      'late text': text(status, 'x'.repeat(480) + shown),
      json: json(status, { Message: shown }),
      problem: json(status, { title: 'Bad', errors: { Authorization: [shown] }, traceId: shown }),
      header: text(status, '', { 'request-id': shown.replace(/[^ -~]/g, '') }),
    }[form];
    reply(response, request);
  };

const forms = ['text', 'late text', 'json', 'problem', 'header'] as const;
const all = [302, 400, 401, 403, 429, 500].flatMap((status) => forms.map((form) => [status, form] as const));

test.each(all)('an answer %i that shows the request as %s', async (status, form) => {
  expectNoSecrets(await delivered(echo(status, form), issue));
});

test.each(all)('an answer %i to the token call that shows the request as %s', async (status, form) => {
  expectNoSecrets(await delivered(text(200, ''), echo(status, form)));
});

test.each([
  ['cut off', `{"access_token":"${TOKEN}","expires_in":17`],
  ['of another shape', JSON.stringify({ accessToken: TOKEN, expires_in: 'soon' })],
  ['in a list', JSON.stringify([{ access_token: TOKEN, expires_in: 1799 }])],
  ['that is no header', JSON.stringify({ access_token: `${TOKEN}\n`, expires_in: 1799 })],
])('a token answer %s', async (_how, body) => {
  expectNoSecrets(await delivered(text(200, ''), text(200, body)));
});

test('an answer that spells the request as .NET does', async () => {
  const body = JSON.stringify({ Message: CLIENT_SECRET }).replace('&', '\\u0026').replace('+', '\\u002B');
  expectNoSecrets(await delivered(text(200, ''), text(400, body)));
});

test('a reset', async () => {
  expectNoSecrets(await delivered(reset, issue));
});

test('the echo would be seen: what is no secret gets through', async () => {
  const printed = await delivered(echo(400, 'json'), issue);
  expect(printed).toContain('Bearer …');
});
