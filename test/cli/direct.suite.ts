/** Every command without the HTTP server: what it says and does is what it says and does over the API. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Stack } from '../../demo/stack';
import type { Connect } from '../../src/cli/command-line';
import { createDirectClient, DIRECT_TIME_LIMIT_MS } from '../../src/cli/client/direct-client';
import type { OrderPage, ParkedPage } from '../../src/cli/client/orders-client';
import { freePort } from '../../src/lib/free-port';
import { temporaryFiles, type Environment } from '../config/environment';
import { placeUnanswered, terminate } from '../http/operations';
import { newEvent } from '../http/webhooks';
import { place, viewWhen, type PlacedHere } from '../support/orders';
import { finished, find, until } from '../support/stack';
import { uniqueName } from '../support/temporal';
import { runInProcess, type InProcess } from './in-process';
import { placeArgs } from './place-args';
import type { Ended } from './processes';
import { stackEnvironment, temporalEnvironment } from './stack-environment';

const WHY = ['--reason', 'the client called'];

export function directSuite(stack: () => Stack): void {
  const files = temporaryFiles();
  let environment: Environment;
  beforeAll(() => {
    environment = stackEnvironment(stack(), files);
  });
  afterEach(() => {
    stack().upvest.control.clearFaults();
  });
  afterAll(() => {
    files.remove();
  });

  /** There is no HTTP server where it would look for one. */
  const direct = (args: string[], changes: Environment = {}, options: InProcess = {}): Promise<Ended> => {
    const nowhere = { PORTFOLIO_ORDERS_URL: 'http://127.0.0.1:1' };
    return runInProcess([...args, '--direct'], { ...environment, ...nowhere, ...changes }, options);
  };
  const overApi = (args: string[]): Promise<Ended> =>
    runInProcess(args, { PORTFOLIO_ORDERS_URL: stack().url, PORTFOLIO_ORDERS_TOKEN: stack().tokens.operate });

  /** An order that stays NEW, as soon as its workflow has notified ESW. */
  async function waiting(): Promise<PlacedHere> {
    const placed = await place(stack(), { scenario: 'WAITS_IN_NEW' });
    await viewWhen(stack(), placed.id, 'the order', ({ fulfillment }) => fulfillment.accepted.length === 1);
    return placed;
  }

  describe('placing and reading', () => {
    it('places, follows until it is settled, and is the same order over the API', async () => {
      const reference = uniqueName('direct');
      const args = placeArgs({ reference });
      const placed = await direct([...args, '--watch']);
      expect(placed).toMatchObject({ code: 0, stderr: '' });
      expect(placed.stdout).toMatch(
        new RegExp(`^${reference} is being placed.\n(.*\n)*${reference}: SETTLED\n$`),
      );
      expect((await direct(args)).stdout).toContain(`${reference}: Upvest has the order as `);
      await finished(stack(), reference);

      for (const [command, ...options] of [
        ['show'],
        ['timeline'],
        ['timeline', '--svg'],
        ['show', '--json'],
      ] as const) {
        const [mine, theirs] = await Promise.all([
          direct([command, reference, ...options]),
          overApi([command, reference, ...options]),
        ]);
        expect(mine).toEqual(theirs);
        expect(mine).toMatchObject({ code: 0, stderr: '' });
      }
      const list = ['list', '--reference', reference, '--json'];
      const theirs = await until('the end in the index', async () => {
        const { stdout } = await overApi(list);
        return (JSON.parse(stdout) as OrderPage).orders[0]?.phase === 'FINISHED' && stdout;
      });
      const mine = await direct(list);
      expect(mine.stdout).toBe(theirs);
      expect(JSON.parse(mine.stdout)).toMatchObject({ orders: [{ reference, phase: 'FINISHED' }] });
    });

    it.each([
      ['a conflict', 5, (reference: string) => placeArgs({ reference }), /^REFERENCE_CONFLICT: /],
      [
        'wrong fields',
        1,
        () => placeArgs({ reference: 'a/b', account: 'unknown' }),
        /^INVALID_REQUEST: .* 2 invalid fields\.\n {2}- reference .*\n {2}- accountId /,
      ],
      ['no such order', 4, () => ['show', 'unknown'], /^NOT_FOUND: .*unknown\.\n$/],
      [
        'no picture yet',
        4,
        (reference: string) => ['timeline', reference, '--svg'],
        /^NOT_FOUND: .*so there is no chart\.\n$/,
      ],
      ['a page of no list', 1, () => ['list', '--cursor', 'AAAAAAAAAAAA'], /^INVALID_REQUEST: /],
      ['no such parked event', 4, () => ['parked', 'show', 'unknown.0123456789abcdef'], /^NOT_FOUND: /],
    ] as const)('says %s as the API does', async (what, code, args, message) => {
      stack().upvest.control.failCalls({ method: 'POST', path: '/portfolios/orders', outcome: 'reset' });
      const reference =
        what === 'a conflict' || what === 'no picture yet' ? await placeUnanswered(stack()) : '';
      const [mine, theirs] = await Promise.all([
        direct([...args(reference)]),
        what === 'a conflict' || what === 'wrong fields' ? undefined : overApi([...args(reference)]),
      ]);
      expect({ code: mine.code, stdout: mine.stdout }).toEqual({ code, stdout: '' });
      expect(mine.stderr).toMatch(message);
      if (theirs !== undefined) expect(mine).toEqual(theirs);
    });
  });

  describe('deciding', () => {
    it('is signed by the OS user or --actor, as direct, and says which rule allowed or forbade it', async () => {
      const { reference, id } = await waiting();
      const asked = await direct(['reconcile', id, ...WHY]);
      expect(asked).toMatchObject({ code: 0, stderr: '' });
      expect(asked.stdout).toMatch(/\[operator:reconcile\]\n.* operator:reconcile +Reconciled: no change\n$/);
      const cancelled = await direct(['cancel', reference, ...WHY, '--actor', 'ada', '--json']);
      expect(JSON.parse(cancelled.stdout)).toMatchObject({ rule: 'operator:cancel' });
      await finished(stack(), reference);
      const { stdout } = await overApi(['timeline', reference]);
      expect(stdout).toContain(`— ${userInfo().username} (direct): the client called`);
      expect(stdout).toContain('— ada (direct): the client called');

      const again = await direct(['cancel', reference, ...WHY]);
      const theirs = await overApi(['cancel', reference, ...WHY]);
      expect({ ...again, stdout: '' }).toEqual(theirs);
      expect(again.code).toBe(5);
    });

    it('takes every operation, reads its words as the API does, and starts what was ended', async () => {
      const { reference, id } = await waiting();
      for (const args of [
        ['release'],
        ['retry-emission'],
        ['acknowledge', '--code', 'MISTRADE'],
        ['reopen'],
      ]) {
        const { code, stderr } = await direct([...args, reference, ...WHY]);
        expect({ args, code }).toEqual({ args, code: 5 });
        expect(stderr).toMatch(/^FORBIDDEN_BY_RULE: .*operator:/);
      }
      const wrong = await direct(['identify', reference, ...WHY, '--order', 'x', '--actor', 'a\nb']);
      expect(wrong.stderr).toMatch(/^INVALID_REQUEST: .*\n {2}- actor .*\n {2}- portfolioOrderId /);
      await terminate(stack(), id);
      expect(await direct(['reconcile', id, ...WHY])).toMatchObject({ code: 0 });
      expect(await direct(['close', id, ...WHY, '--evidence', 'ticket'])).toMatchObject({ code: 0 });
      await finished(stack(), reference);
      const unanswered = await placeUnanswered(stack());
      expect(await direct(['identify', unanswered, ...WHY, '--none'])).toMatchObject({ code: 0 });
    });

    it('one key is one decision', async () => {
      const { reference } = await waiting();
      const key = ['--key', randomUUID()];
      expect(await direct(['reconcile', reference, ...WHY, ...key])).toMatchObject({ code: 0 });
      expect(await direct(['reconcile', reference, ...WHY, ...key])).toMatchObject({ code: 0 });
      const other = await direct(['close', reference, ...WHY, '--evidence', 'x', ...key]);
      expect(other.code).toBe(5);
      expect(other.stderr).toMatch(/^IDEMPOTENCY_KEY_REUSED: /);
      expect((await direct(['reconcile', reference, ...WHY, '--key', 'with blanks'])).stderr).toMatch(
        /^INVALID_REQUEST: /,
      );
    });

    it('says when the outcome of a decision is unknown, and how to retry', async () => {
      const { reference } = await waiting();
      // So that the test need not wait as long as an operator does.
      expect(DIRECT_TIME_LIMIT_MS).toBe(10_000);
      const connect: Connect = (_options, configuration) =>
        Promise.resolve(createDirectClient(configuration(), 2_000));
      const cancel = (...more: string[]) => direct(['cancel', reference, ...WHY, ...more], {}, { connect });
      await stack().stopWorker();
      const { code, stderr } = await cancel();
      await stack().startWorker();
      expect(code).toBe(6);
      const [, key = ''] = /^OUTCOME_UNKNOWN: .*\nRetry with --key (\S+); /.exec(stderr) ?? [];
      const again = () => cancel('--key', key);
      await until('the decision', async () => (await again()).code === 0);
      await finished(stack(), reference);
      expect(await direct(['cancel', reference, ...WHY, '--key', key])).toMatchObject({ code: 0 });
    });
  });

  it('shows, tries and discards parked events', async () => {
    const event = newEvent('NEWS.UNHEARD_OF', { id: randomUUID() });
    await stack().upvest.control.sendRaw({ events: [event] });
    const id = await until('the event in the index', async () => {
      const { stdout } = await direct(['parked', 'list', '--reason', 'UNKNOWN_TYPE', '--json']);
      return (JSON.parse(stdout) as ParkedPage).events.find(({ id }) => id.startsWith(event.id))?.id;
    });
    const [mine, theirs] = await Promise.all([
      direct(['parked', 'show', id]),
      overApi(['parked', 'show', id]),
    ]);
    expect(mine).toEqual(theirs);
    expect(mine.stdout).toMatch(/^Parked event +\S+\n(.*\n)*Raw payload +\{.*UNHEARD_OF.*\n$/);

    const tried = await direct(['parked', 'retry', id, ...WHY]);
    expect({ code: tried.code, stderr: tried.stderr }).toEqual({ code: 1, stderr: '' });
    expect(tried.stdout).toMatch(/^Still parked: /);
    const discarded = await direct(['parked', 'discard', id, ...WHY, '--actor', 'ada']);
    expect(discarded.stdout).toBe('Discarded by ada (direct): the client called\n');
    const again = await direct(['parked', 'discard', id, ...WHY]);
    expect(again.code).toBe(5);
    expect(again.stderr).toMatch(/^ALREADY_ENDED: .*ada/);
    expect((await direct(['parked', 'show', id])).stdout).toMatch(
      /^State +ENDED\nOutcome +Discarded by ada/m,
    );
  });

  describe('what is missing', () => {
    it('reading an order takes the environment of Temporal alone', async () => {
      const { reference } = await place(stack());
      expect(await find(stack(), reference)).toBeDefined();
      const shown = await runInProcess(['show', reference, '--direct'], temporalEnvironment());
      expect(shown).toMatchObject({ code: 0, stderr: '' });
    });

    it.each([['list'], ['cancel', 'any', ...WHY], ['parked', 'list']])(
      '%s names all that its configuration lacks',
      async (...args) => {
        const { code, stdout, stderr } = await runInProcess([...args, '--direct'], temporalEnvironment());
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        expect(stderr).toMatch(
          /^With --direct this command needs the configuration of the worker or the server\. /,
        );
        expect(stderr).toContain('  - UPVEST_BASE_URL is missing\n');
        expect(stderr).toContain('  - ESW_TENANT_CODE is missing\n');
      },
    );

    it('the configuration of the worker will do as well as that of the server', async () => {
      const { API_TOKENS_FILE, ...worker } = environment;
      const { ESW_BASE_URL, ...server } = environment;
      expect([API_TOKENS_FILE, ESW_BASE_URL]).not.toContain(undefined);
      for (const one of [worker, server])
        expect(await runInProcess(['list', '--direct'], one)).toMatchObject({ code: 0, stderr: '' });
    });

    it('says where Temporal was looked for', async () => {
      const address = `127.0.0.1:${await freePort()}`;
      const { code, stdout, stderr } = await direct(['show', 'any'], { TEMPORAL_ADDRESS: address });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^UNAVAILABLE: /);
      expect(stderr).toContain(`Temporal at ${address} or `);
    });

    it('says what is wrong with the environment of Temporal', async () => {
      const { code, stderr } = await direct(['show', 'any'], {
        TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere.pem',
        TEMPORAL_TLS: 'true',
      });
      expect(code).toBe(1);
      expect(stderr).toContain('/nowhere.pem');
    });
  });
}
