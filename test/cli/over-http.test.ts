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
      '/portfolio-orders?status=NEW&reference=r&type=BUY&phase=TRACKED&cursor=c&accountId=a+b&attention=any&open=false&limit=7',
      '/portfolio-orders?attention=MISTRADE&open=true',
      '/portfolio-orders',
    ]);
  });

  it('asks for ranges, a search, a sort and a count', async () => {
    reply = json(200, { orders: [row], count: 1234 });
    const ranges = ['--amount-from', '10', '--amount-to', '20', '--settled-from', '2026-03-01'];
    const others = ['--changed-to', '2026-03-02T09:30:00Z', '--search', 'savings-', '--side', 'SELL'];
    const { stdout } = await cli(['list', ...ranges, ...others, '--sort', 'amount', '--asc', '--count']);
    const [asked = ''] = stub.arrived.map(({ url }) => url);
    expect(Object.fromEntries(new URL(asked, 'http://server').searchParams)).toEqual({
      amountFrom: '10',
      amountTo: '20',
      settledFrom: '2026-03-01',
      changedTo: '2026-03-02T09:30:00Z',
      q: 'savings-',
      side: 'SELL',
      sort: 'amount',
      direction: 'asc',
      count: 'true',
    });
    expect(stdout).toContain('1234 orders match.');
  });

  it('prints CSV as it arrives, whole lines at a time, and nothing that a terminal obeys', async () => {
    reply = (response) => {
      response.writeHead(200, { 'content-type': 'text/csv' });
      response.write('reference,phase\r\nmy-first,"TRA');
      setTimeout(() => response.end('CKED\u001b[31m"\r\n'), 20);
    };
    const { code, stdout } = await cli(['list', '--open', '--format', 'csv', '--limit', '3']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'reference,phase\nmy-first,"TRACKED�[31m"\n' });
    expect(stub.arrived[0]).toMatchObject({
      url: '/portfolio-orders?open=true',
      headers: { accept: 'text/csv' },
    });
  });

  it('fails when CSV breaks off: what was printed is not all of it', async () => {
    reply = (response) => {
      response.writeHead(200, { 'content-type': 'text/csv' });
      response.write('reference\r\n');
      setTimeout(() => response.destroy(), 20);
    };
    const { code, stderr } = await cli(['list', '--format', 'csv']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('broke off');
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

describe('report settled', () => {
  const day = { day: '2026-03-02', currency: 'EUR', orders: 2, ordered: '200.00', executed: '198.02' };
  const amounts = { settled: '198.02', fees: '1.98', taxes: '0' };

  it('sums one day, or several', async () => {
    reply = json(200, { days: [{ ...day, ...amounts }] });
    const { stdout } = await cli(['report', 'settled', '--from', '2026-03-02']);
    expect(stdout).toMatch(/2026-03-02.*EUR.*2.*200\.00.*198\.02/);
    await cli(['report', 'settled', '--from', '2026-03-01', '--to', '2026-03-31', '--json']);
    expect(stub.arrived.map(({ url }) => url)).toEqual([
      '/reports/settled?from=2026-03-02&to=2026-03-02',
      '/reports/settled?from=2026-03-01&to=2026-03-31',
    ]);
  });

  it('says when there is nothing, and what it needs', async () => {
    reply = json(200, { days: [] });
    const { stdout } = await cli(['report', 'settled', '--from', '2026-03-02']);
    expect(stdout).toBe('Nothing was settled on these days.\n');
    expect(await cli(['report', 'settled'])).toMatchObject({ code: 2 });
  });
});

describe('decisions', () => {
  const decision = {
    number: 7,
    decidedAt: '2026-03-02T10:00:00.000Z',
    rule: 'operator:close',
    actor: 'anna (desk)',
    reason: 'Settled by\u001b[31m hand',
    reference: 'my-first',
    subject: 'portfolio-order/x',
    hash: 'h',
  };

  it('lists them, and says how a page goes on', async () => {
    reply = json(200, { decisions: [decision], nextCursor: 'c1' });
    const args = ['--actor', 'anna (desk)', '--order', 'my-first', '--from', '2026-03-01', '--limit', '5'];
    const { stdout } = await cli(['decisions', ...args]);
    expect(stdout).toMatch(
      /7.*2026-03-02 10:00:00.*operator:close.*anna \(desk\).*my-first.*Settled by hand/,
    );
    expect(stdout).toContain('More decisions follow: --cursor c1, or --format csv.');
    const [asked = ''] = stub.arrived.map(({ url }) => url);
    expect(Object.fromEntries(new URL(asked, 'http://server').searchParams)).toEqual({
      actor: 'anna (desk)',
      order: 'my-first',
      from: '2026-03-01',
      limit: '5',
    });
  });

  it('has JSON and CSV of them', async () => {
    reply = json(200, { decisions: [decision] });
    const { stdout } = await cli(['decisions', '--format', 'json']);
    expect(JSON.parse(stdout)).toEqual({ decisions: [decision] });
    await cli(['decisions', '--format', 'csv', '--actor', 'a']);
    expect(stub.arrived[1]).toMatchObject({ url: '/decisions?actor=a', headers: { accept: 'text/csv' } });
    expect(await cli(['decisions', '--format', 'csv', '--json'])).toMatchObject({ code: 2 });
  });
});
