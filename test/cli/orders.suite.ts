/** Placing, following and reading orders from the command line, against the whole product. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import { temporaryFiles, tokensJson } from '../config/environment';
import { finished, newRequest, submit } from '../support/stack';
import { uniqueName } from '../support/temporal';
import { runInProcess } from './in-process';
import { placeArgs } from './place-args';
import type { Ended } from './processes';

const lineCount = (text: string, pattern: RegExp): number =>
  text.split('\n').filter((line) => pattern.test(line)).length;

export function ordersSuite(stack: () => Stack): void {
  afterEach(() => {
    stack().upvest.control.clearFaults();
  });

  /** Runs it with a token that may place. */
  function cli(args: string[], environment: Record<string, string> = {}): Promise<Ended> {
    const url = { PORTFOLIO_ORDERS_URL: stack().url, PORTFOLIO_ORDERS_TOKEN: stack().tokens.submit };
    return runInProcess(args, { ...url, ...environment });
  }

  describe('place', () => {
    it('places an order, and ends with 0 and its id; so it does again with the same request (14.58)', async () => {
      const reference = uniqueName('cli');
      const args = placeArgs({ reference, side: 'SELL' });
      const first = await cli(args);
      const { order, placement } = await finished(stack(), reference);
      expect(first).toEqual({
        code: 0,
        stdout: `${reference}: Upvest has the order as ${order.portfolioOrderId}.\nNext: portfolio-orders watch ${reference}\n`,
        stderr: '',
      });
      expect(order).toMatchObject({ type: 'SELL', cashAmount: '250.00', status: 'SETTLED' });
      expect(placement?.request.postTax).toBe(false);
      expect(await cli(args)).toEqual(first);
      const { code, stdout } = await cli([...args, '--json']);
      expect({ code, said: JSON.parse(stdout) as unknown }).toMatchObject({
        code: 0,
        said: { reference, submitted: 'known', portfolioOrderId: order.portfolioOrderId },
      });
    });

    it('takes every option', async () => {
      const reference = uniqueName('cli');
      await cli([
        ...placeArgs({ reference, currency: 'GBP', amount: '7.5' }),
        '--post-tax',
        '--esw-reference',
        'ESW-7',
        '--country',
        'AT',
      ]);
      const { placement } = await finished(stack(), reference);
      expect(placement?.request).toMatchObject({
        currency: 'GBP',
        cashAmount: '7.5',
        side: 'BUY',
        postTax: true,
        eswOrderReference: 'ESW-7',
        deliveryCountryIso: 'AT',
      });
    });

    it('with --watch shows each step once until the order is settled, and ends with 0', async () => {
      const reference = uniqueName('cli');
      const { code, stdout, stderr } = await cli([...placeArgs({ reference }), '--watch']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const lines = stdout.trim().split('\n');
      expect(lines[0]).toBe(`${reference} is being placed.`);
      expect(lines.at(-1)).toBe(`${reference}: SETTLED`);
      for (const status of ['NEW', 'PROCESSING', 'FILLED', 'SETTLED']) {
        expect(lineCount(stdout, new RegExp(`portfolio order \\S+ is ${status}\\b`))).toBe(1);
        expect(lineCount(stdout, new RegExp(`ESW +accepted the event for ${status}\\b`))).toBe(1);
      }
      for (const status of ['FILLED', 'SETTLED']) {
        expect(lineCount(stdout, new RegExp(`execution of order \\d.* is ${status}:`))).toBe(2);
      }
      for (const number of [1, 2])
        expect(lineCount(stdout, new RegExp(` {2}order ${number} .*is FILLED`))).toBe(1);
      expect(lineCount(stdout, / Us +placing BUY 250\.00 EUR/)).toBe(1);
    });

    it('says at once that Upvest rejected the order, and why, and ends with 3 (14.58)', async () => {
      stack().upvest.control.failCalls({ method: 'POST', path: '/portfolios/orders', outcome: 400 });
      const reference = uniqueName('cli');
      const { code, stdout } = await cli(placeArgs({ reference }));
      expect(code).toBe(3);
      expect(stdout).toMatch(/: Upvest rejected the order: 400 .*control plane.*Upvest's request id/);

      // The refusal has one time, in every view, and a timeline (14.19).
      const timeline = await cli(['timeline', reference]);
      const [requested, rejected, ...more] = timeline.stdout.trim().split('\n');
      expect(more).toEqual([]);
      expect(requested).toContain('placement:requested');
      expect(rejected).toMatch(/placement:rejected .*400 .*Upvest's request id/);
      const at = rejected?.slice(11, 23) ?? '';
      expect(at).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/);
      for (let look = 1; look <= 2; look += 1) {
        const watched = await cli(['watch', reference]);
        expect(watched.stdout).toMatch(new RegExp(`${at} +Upvest +rejected the order: 400`));
      }
      expect((await cli(['show', reference])).stdout).toMatch(
        new RegExp(`Rejected +\\S+ ${at}: 400 .*request id`),
      );
    });

    it('says that the outcome is not known in time, and ends with 6 (14.58)', async () => {
      stack().upvest.control.failCalls({
        method: 'POST',
        path: '/portfolios/orders',
        outcome: 503,
        count: 3,
      });
      const reference = uniqueName('cli');
      const args = placeArgs({ reference });
      const early = await cli([...args, '--wait', '0']);
      expect(early).toMatchObject({ code: 6, stderr: '' });
      expect(early.stdout).toContain(`${reference} was requested; Upvest has not answered yet.`);
      stack().upvest.control.clearFaults();
      expect((await cli([...args, '--wait', '30'])).code).toBe(0);
      await finished(stack(), reference);
    });

    it("ends with 3 and the broker's reason when the order is refused", async () => {
      stack().upvest.control.failCalls({ method: 'POST', path: '/portfolios/orders', outcome: 400 });
      const reference = uniqueName('cli');
      const { code, stdout, stderr } = await cli([...placeArgs({ reference }), '--watch']);
      expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
      expect(stdout).toMatch(/Upvest +rejected the order: 400 .*control plane/);
      expect(stdout.trim().split('\n').at(-1)).toBe(`${reference}: REFUSED`);
      expect((await cli(['watch', reference])).code).toBe(3);
    });

    it('ends with 3 when the order ends without being settled', async () => {
      const account = randomUUID();
      stack().upvest.control.configureAccount(account, { rejectWith: 'CANCELLED_BY_UPVEST' });
      const { code, stdout } = await cli([...placeArgs({ account }), '--watch']);
      expect(code).toBe(3);
      expect(stdout).toMatch(/: CANCELLED\n$/);
    });

    it('explains a problem with each field of it, and ends with 1', async () => {
      const { code, stdout, stderr } = await cli(
        placeArgs({ user: 'unknown', amount: '-1', currency: 'USD' }),
      );
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      const [title, ...fields] = stderr.trimEnd().split('\n');
      expect(title).toMatch(/^INVALID_REQUEST: .+\. 3 invalid fields\./);
      expect(fields.map((line) => /^ {2}- (\w+) must be/.exec(line)?.[1]).sort()).toEqual([
        'cashAmount',
        'currency',
        'userId',
      ]);
    });

    it('explains a conflict, and ends with 5', async () => {
      const { reference } = newRequest();
      await submit(stack(), newRequest({ reference }));
      const { code, stderr } = await cli(placeArgs({ reference }));
      expect(code).toBe(5);
      expect(stderr).toMatch(/^REFERENCE_CONFLICT: .*\n$/);
      expect(stderr).toContain(reference);
    });
  });

  describe('watch and show', () => {
    it('follow and print an order by its reference and by its id, also with a token that may only read', async () => {
      const reference = await submit(stack());
      const { order } = await finished(stack(), reference);
      const token = { PORTFOLIO_ORDERS_TOKEN: stack().tokens.read };
      for (const name of [reference, order.portfolioOrderId]) {
        const [watched, shown, read] = await Promise.all([
          cli(['watch', name], token),
          cli(['show', name, '--json'], token),
          cli(['show', name], token),
        ]);
        expect(watched).toMatchObject({ code: 0, stderr: '' });
        expect(watched.stdout).toMatch(new RegExp(`\n${name}: SETTLED\n$`));
        expect(shown).toMatchObject({ code: 0, stderr: '' });
        expect(JSON.parse(shown.stdout)).toMatchObject({ phase: 'FINISHED', reference, order });
        expect(read).toMatchObject({ code: 0, stderr: '' });
        expect(read.stdout).toMatch(
          /^Order +\S+ – SETTLED, finished\nPortfolio order +[\w-]+\n(.+\n)*Status +SETTLED\n/,
        );
      }
    });

    it.each(['watch', 'show', 'timeline'])('%s ends with 4 for an unknown order', async (command) => {
      const { code, stdout, stderr } = await cli([command, 'unknown']);
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
      expect(stderr).toMatch(/^NOT_FOUND: .*unknown\.\n$/);
    });
  });

  describe('webhook', () => {
    it('register subscribes the server, which answers Upvest’s test event', async () => {
      const { upvest } = stack().config;
      const files = temporaryFiles();
      const environment = {
        UPVEST_BASE_URL: upvest.baseUrl,
        UPVEST_CLIENT_ID: upvest.clientId,
        UPVEST_CLIENT_SECRET: upvest.clientSecret,
        UPVEST_KEY_ID: upvest.keyId,
        UPVEST_PRIVATE_KEY_FILE: files.write(
          'key.pem',
          upvest.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        ),
        ESW_TENANT_CODE: 'PFOLIO',
        API_TOKENS_FILE: files.write('tokens.json', tokensJson()),
        DATABASE_URL: stack().config.databaseUrl,
      };
      const url = `${stack().url}${stack().config.http.webhookPath}`;
      const { code, stdout, stderr } = await runInProcess(['webhook', 'register', url], environment);
      files.remove();
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(
        /^Webhook \S+ sends .*\nRequests leave after 1s .*\nThe server answered 200 to Upvest's test event\.\n$/,
      );
    });
  });

  describe('where the server is', () => {
    it('is said by options, which win over the environment, with or without a slash at the end', async () => {
      const reference = await submit(stack());
      const wrong = { PORTFOLIO_ORDERS_URL: 'http://127.0.0.1:1', PORTFOLIO_ORDERS_TOKEN: 'wrong' };
      for (const url of [stack().url, `${stack().url}/`]) {
        const args = ['--url', url, '--token', stack().tokens.read, 'show', reference];
        expect(await cli(args, wrong)).toMatchObject({ code: 0, stderr: '' });
      }
    });

    it.each([
      ['an unknown token', () => 'unknown', /^UNAUTHENTICATED: /],
      ['a token of another role', () => stack().tokens.operate, /^FORBIDDEN: .*submit/],
    ])('and who asks has %s: ends with 1', async (_what, token, message) => {
      const { code, stdout, stderr } = await cli(placeArgs(), { PORTFOLIO_ORDERS_TOKEN: token() });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(message);
    });
  });
}
