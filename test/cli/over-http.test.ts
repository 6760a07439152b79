/** How commands talk to the API, against a server with scripted answers. */
import { json, reset, silence, startStub, type HttpStub, type Reply } from '../upvest/client/http-stub';
import { runInProcess } from './in-process';
import type { Ended } from './processes';

let stub: HttpStub;
let reply: Reply;
beforeAll(async () => {
  stub = await startStub((response, request) => {
    reply(response, request);
  });
});
beforeEach(() => {
  stub.arrived.splice(0);
});
afterAll(() => stub.close());

const cli = (args: string[]): Promise<Ended> =>
  runInProcess(args, { PORTFOLIO_ORDERS_URL: stub.url, PORTFOLIO_ORDERS_TOKEN: 'a-token' });

const order = {
  phase: 'TRACKED',
  portfolioOrderId: 'po-1',
  order: { attentions: [], orders: [], reached: [] },
};
const view = (status: string, phase = 'TRACKED') => ({
  ...order,
  phase,
  order: { ...order.order, portfolioOrderId: 'po-1', status, fulfillment: { accepted: [] } },
});
const event = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

/** A stream of these pieces; what is asked for later has the next ones. */
function streams(...all: string[][]): Reply {
  return (response, { url }) => {
    if (!url.endsWith('/events')) throw new Error(`unexpected request for ${url}`);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of all.shift() ?? []) response.write(piece);
    response.end();
  };
}

const problem = (status: number, code: string): Reply =>
  json(status, { code, title: 'So it is', detail: 'Yes.' });

describe('watch', () => {
  it('reads the stream of the order, however its bytes are cut, until the end', async () => {
    const text = `: alive\n\n${event('view', view('NEW'))}${event('view', view('SETTLED', 'FINISHED'))}${event('end', {})}`;
    reply = streams([text.slice(0, 20), text.slice(20, 90), text.slice(90)]);
    const { code, stdout, stderr } = await cli(['watch', 'my-first', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      view('NEW'),
      view('SETTLED', 'FINISHED'),
    ]);
    expect(stub.arrived.map(({ url }) => url)).toEqual(['/portfolio-orders/my-first/events']);
    expect(stub.arrived[0]?.headers).toMatchObject({
      accept: 'text/event-stream',
      authorization: 'Bearer a-token',
    });
  });

  it('goes on after a stream that broke off, and says nothing twice', async () => {
    reply = streams(
      [event('view', view('NEW'))],
      [event('view', view('NEW')), event('view', view('CANCELLED', 'FINISHED'))],
    );
    const { code, stdout } = await cli(['watch', 'my-first', '--json']);
    expect(code).toBe(3);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(stub.arrived).toHaveLength(2);
  });

  it.each([
    ['knows no streams', json(404, { code: 'NOT_FOUND', title: 't', detail: 'd' })],
    ['has no stream left', json(503, { code: 'TOO_MANY_STREAMS', title: 't', detail: 'd' })],
  ])('asks again and again where the server %s', async (_what, refusal) => {
    const looks = [view('NEW'), view('NEW'), view('SETTLED', 'FINISHED')];
    reply = (response, request) => {
      if (request.url.endsWith('/events')) refusal(response, request);
      else json(200, looks.shift())(response, request);
    };
    const { code, stdout } = await cli(['watch', 'my-first', '--json']);
    expect({ code, lines: stdout.trimEnd().split('\n').length }).toEqual({ code: 0, lines: 2 });
  });

  it('waits for a server that is away for a moment', async () => {
    const answers = [streams([event('view', view('NEW'))]), reset, problem(503, 'UNAVAILABLE')];
    const last = streams([event('view', view('SETTLED', 'FINISHED'))]);
    reply = (response, request) => {
      (answers.shift() ?? last)(response, request);
    };
    expect(await cli(['watch', 'my-first'])).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('an exit code says what to do next', () => {
  it.each([
    [1, json(401, { code: 'UNAUTHENTICATED', title: 't', detail: 'd' })],
    [1, json(429, { code: 'TOO_MANY_REQUESTS', title: 't', detail: 'd' })],
    [4, problem(404, 'NOT_FOUND')],
    [5, problem(409, 'FORBIDDEN_BY_RULE')],
    [5, problem(409, 'IDEMPOTENCY_KEY_REUSED')],
    [5, problem(409, 'ALREADY_ENDED')],
    [6, problem(504, 'OUTCOME_UNKNOWN')],
    [6, (response) => response.writeHead(502).end('<html>')],
    [6, reset],
  ])('%i', async (code, answer) => {
    reply = answer;
    const ended = await cli(['parked', 'discard', 'any.0', '--reason', 'why']);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: '' });
    expect(ended.stderr.includes('--key')).toBe(code === 6);
  });

  it('reading has no unknown outcome', async () => {
    reply = reset;
    expect(await cli(['show', 'any'])).toMatchObject({ code: 1, stdout: '' });
  });

  it('place says that the same call again is safe, in the help and by 6', async () => {
    reply = reset;
    const args = ['--reference', 'r', '--user', 'u', '--account', 'a', '--amount', '1'];
    expect(await cli(['place', ...args])).toMatchObject({ code: 6, stdout: '' });
  });
});

describe('list', () => {
  const row = {
    reference: 'my-first',
    phase: 'TRACKED',
    attention: [],
    openedAt: '2026-01-02T09:00:00.000Z',
  };

  it('asks for what the options say', async () => {
    reply = json(200, { orders: [] });
    const args = [
      '--status',
      'NEW',
      '--account',
      'a b',
      '--reference',
      'r',
      '--type',
      'BUY',
      '--phase',
      'TRACKED',
    ];
    await cli(['list', ...args, '--attention', '--closed', '--limit', '7', '--cursor', 'c']);
    await cli(['list', '--attention', 'MISTRADE', '--open']);
    await cli(['list']);
    expect(stub.arrived.map(({ url }) => url)).toEqual([
      '/portfolio-orders?status=NEW&accountId=a+b&attention=any&reference=r&type=BUY&phase=TRACKED&open=false&limit=7&cursor=c',
      '/portfolio-orders?attention=MISTRADE&open=true',
      '/portfolio-orders',
    ]);
  });

  it('says how a page goes on, and takes all pages where that is wanted', async () => {
    const pages = [
      { orders: [row], nextCursor: 'c1' },
      { orders: [row], nextCursor: 'c1' },
      { orders: [{ ...row, reference: 'my-second' }] },
    ];
    reply = (response, request) => {
      json(200, pages.shift())(response, request);
    };
    const page = await cli(['list', '--status', 'NEW']);
    expect(page.stdout).toContain('More orders follow: --cursor c1, or --all.\n');
    const all = await cli(['list', '--status', 'NEW', '--all', '--json']);
    expect(JSON.parse(all.stdout)).toEqual({ orders: [row, { ...row, reference: 'my-second' }] });
    expect(stub.arrived.map(({ url }) => url).slice(1)).toEqual([
      '/portfolio-orders?status=NEW&limit=100',
      '/portfolio-orders?status=NEW&limit=100&cursor=c1',
    ]);
  });

  it('shows what comes from outside as text', async () => {
    const evil = '\u001b[31mNEW\nfaked\u0007 row\u202e';
    reply = json(200, {
      orders: [{ ...row, status: evil, accountId: evil, attention: [evil], reference: evil }],
    });
    const { stdout } = await cli(['list']);
    expect(stdout).not.toMatch(/\u001b|\u0007|\u202e|^faked/m);
    expect(stdout).toContain('NEW faked row');
  });

  it.each([['0'], ['101'], ['x'], ['1.5']])('(--limit %s) is wrong usage', async (limit) => {
    reply = silence;
    expect(await cli(['list', '--limit', limit])).toMatchObject({ code: 2, stdout: '' });
    expect(stub.arrived).toEqual([]);
  });

  it('(--open and --closed) is wrong usage', async () => {
    expect(await cli(['list', '--open', '--closed'])).toMatchObject({ code: 2 });
  });
});

it('timeline reads all of its pages', async () => {
  const entry = {
    at: '2026-01-02T09:00:00.000Z',
    source: 'esw',
    rule: 'r',
    subject: 'order',
    id: 'o',
    text: 't',
  };
  const pages = [
    { entries: [entry], total: 2, nextOffset: 1 },
    { entries: [entry], total: 2 },
  ];
  reply = (response, request) => {
    json(200, pages.shift())(response, request);
  };
  const { stdout } = await cli(['timeline', 'my-first', '--json']);
  expect(JSON.parse(stdout)).toHaveLength(2);
  expect(stub.arrived.map(({ url }) => url)).toEqual([
    '/portfolio-orders/my-first/timeline?offset=0',
    '/portfolio-orders/my-first/timeline?offset=1',
  ]);
});

it('timeline is either JSON or a picture', async () => {
  expect(await cli(['timeline', 'any', '--json', '--svg', 'x.svg'])).toMatchObject({ code: 2, stdout: '' });
});

it('an answer that is not JSON is reported as such', async () => {
  reply = (response) => response.writeHead(200).end('<html>');
  const { code, stderr } = await cli(['show', 'any']);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'The server answered 200 without JSON. Check that --url is the address of the coordinator.\n',
  });
});

it('parked list says when there is nothing', async () => {
  reply = json(200, { events: [] });
  expect((await cli(['parked', 'list'])).stdout).toBe('No parked events.\n');
  expect(stub.arrived.map(({ url }) => url)).toEqual(['/parked-events']);
});

describe('status', () => {
  const ok = { state: 'ok' };

  it('ends with 0 while partners answer and the clock is right (14.48)', async () => {
    reply = json(200, { esw: ok, upvest: ok, clock: { aheadSeconds: 2, isOff: false } });
    expect(await cli(['status'])).toEqual({
      code: 0,
      stdout: 'ESW     ok\nUpvest  ok\nClock   ok\n',
      stderr: '',
    });
  });

  it('says how far a clock is off that signatures depend on, and ends with 1 (14.48)', async () => {
    reply = json(200, { esw: ok, upvest: ok, clock: { aheadSeconds: 31, isOff: true } });
    const { code, stdout } = await cli(['status']);
    expect(code).toBe(1);
    expect(stdout).toContain('Clock   31 s ahead of Upvest: synchronise the server');
  });
});
