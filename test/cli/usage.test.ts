/** What a command line can be wrong in, before any order is asked about. */
import { freePort } from '../../src/lib/free-port';
import { json, startStub } from '../upvest/client/http-stub';
import { runInProcess } from './in-process';
import { placeArgs } from './place-args';
import type { Ended } from './processes';

const TOKEN = { PORTFOLIO_ORDERS_TOKEN: 'a-token' };
type Case = [what: string, args: string[]];

const OPERATIONS = [
  'cancel',
  'reconcile',
  'acknowledge',
  'release',
  'close',
  'reopen',
  'retry-emission',
  'identify',
];
const WHY = ['--reason', 'the client called', '--actor', 'ada'];

/** Runs it against a server that must not be asked, and checks that it was not. */
async function withoutRequest(args: string[], environment: Record<string, string> = TOKEN): Promise<Ended> {
  const stub = await startStub(json(500, {}));
  const ended = await runInProcess(args, { PORTFOLIO_ORDERS_URL: stub.url, ...environment });
  await stub.close();
  expect(stub.arrived).toEqual([]);
  return ended;
}

describe('wrong usage', () => {
  it.each<Case>([
    ['no command', []],
    ['an unknown command', ['buy']],
    ['an unknown option', ['show', 'any', '--fast']],
    ['no order', ['show']],
    ['two orders', ['watch', 'one', 'two']],
    ['no option', ['place']],
    ['an option missing', placeArgs().slice(0, -2)],
    ['an unknown side', placeArgs({ side: 'HOLD' })],
    ...OPERATIONS.map((name): Case => [`${name} without a reason`, [name, 'any', '--evidence', 'x']]),
    ...OPERATIONS.map((name): Case => [`${name} of no order`, [name, ...WHY]]),
    ['close without evidence', ['close', 'any', ...WHY]],
    ['an option of another command', ['cancel', 'any', ...WHY, '--code', 'X']],
  ])('(%s) ends with 2, before anybody is asked', async (_what, args) => {
    const { code, stdout, stderr } = await withoutRequest(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toBe('');
  });

  it.each([
    [['list', '--reason', 'NONE']],
    [['show']],
    [['retry', 'any.0']],
    [['discard', '--reason', 'why']],
    [['forget', 'any.0']],
  ])('(parked %j) is wrong usage', async (args) => {
    expect(await withoutRequest(['parked', ...args])).toMatchObject({ code: 2, stdout: '' });
  });

  it('(no token) ends with 2', async () => {
    const { code, stderr } = await withoutRequest(['show', 'any'], {});
    expect(code).toBe(2);
    expect(stderr).toContain('--token');
  });
});

it('--help lists the commands, the variables and the exit codes, and ends with 0', async () => {
  const { code, stdout, stderr } = await runInProcess(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const command of [
    'place',
    'watch',
    'show',
    'timeline',
    'list',
    'cancel',
    'identify',
    'parked',
    'doctor',
  ])
    expect(stdout).toMatch(new RegExp(`^ +${command} `, 'm'));
  expect(stdout).toContain('PORTFOLIO_ORDERS_URL');
  expect(stdout).toContain('PORTFOLIO_ORDERS_TOKEN');
  expect(stdout).toMatch(/Exit codes: 0 .*1 .*2 .*3 .*4 .*5 .*6 /s);
});

describe('where the server is', () => {
  it('and is not: ends with 1, and the message says where it looked', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    for (const args of [placeArgs(), ['watch', 'any'], ['show', 'any']]) {
      const { code, stdout, stderr } = await runInProcess(args, { PORTFOLIO_ORDERS_URL: url, ...TOKEN });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(new RegExp(`^No answer from ${url}\\..*\n$`));
    }
  });

  it('is another one, that knows nothing of problem documents: ends with 1 and its status', async () => {
    const stub = await startStub((response) => {
      response.writeHead(502).end('<html>');
    });
    const { code, stderr } = await runInProcess(['show', 'any'], {
      PORTFOLIO_ORDERS_URL: stub.url,
      ...TOKEN,
    });
    await stub.close();
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'The server answered 502.\n' });
  });
});
