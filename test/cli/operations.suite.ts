/** What operators do from the command line, against the whole product. */
import type { Stack } from '../../demo/stack';
import { finished, show, statusesAtEsw, submit, until } from '../support/stack';
import { EVERY_STATE, place, viewWhen } from '../support/orders';
import { heldOrder, impatientServer, OPERATIONS, placeUnanswered, terminate } from '../http/operations';
import { runInProcess } from './in-process';
import type { Ended } from './processes';

const WHY = ['--reason', 'the client called', '--actor', 'ada'];

/** Checks that it said in one line what was decided, by this rule, and in a second one what that led to, if it is awaited. */
function expectDone({ code, stdout, stderr }: Ended, rule: string, outcome?: RegExp): void {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [decided, ...more] = stdout.trimEnd().split('\n');
  expect(decided).toMatch(/^[A-Z\d].*\.  \[[\w:-]+\]$/);
  expect(decided).toContain(`[${rule}]`);
  expect(more).toEqual(outcome === undefined ? [] : [expect.stringMatching(outcome)]);
}

export function operationsSuite(stack: () => Stack): void {
  afterEach(() => {
    stack().upvest.control.clearFaults();
  });

  /** Runs it with a token that may operate. */
  function cli(args: string[], environment: Record<string, string> = {}): Promise<Ended> {
    const api = { PORTFOLIO_ORDERS_URL: stack().url, PORTFOLIO_ORDERS_TOKEN: stack().tokens.operate };
    return runInProcess(args, { ...api, ...environment });
  }

  async function waiting(webhooks?: 'none') {
    const placed = await place(stack(), { scenario: 'WAITS_IN_NEW', ...(webhooks && { webhooks }) });
    await viewWhen(stack(), placed.id, 'the order', ({ fulfillment }) => fulfillment.accepted.length === 1);
    return placed;
  }

  it('reconciles, cancels, and shows the cancel and all that happened', async () => {
    const { reference, id } = await waiting();
    expectDone(
      await cli(['reconcile', id, ...WHY]),
      'operator:reconcile',
      /coordinator +operator:reconcile +Reconciled: no change$/,
    );
    expectDone(
      await cli(['cancel', reference, ...WHY]),
      'operator:cancel',
      /coordinator +operator:cancel +Upvest accepted /,
    );
    await finished(stack(), reference);

    const shown = await cli(['show', reference]);
    expect(shown.stdout).toMatch(
      /^Cancel +requested .* by ada \(demo-operate\): the client called\. Upvest accepted it; the order was cancelled in full\.$/m,
    );
    const timeline = await cli(['timeline', id]);
    expect(timeline).toMatchObject({ code: 0, stderr: '' });
    const lines = timeline.stdout.trimEnd().split('\n');
    for (const line of lines)
      expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} {2}\w+ +\S+:\S+ +\S/);
    expect(lines.find((line) => line.includes('operator:cancel'))).toMatch(
      /operator +operator:cancel +.* — ada \(demo-operate\): the client called$/,
    );
    const read = await cli(['timeline', reference, '--json'], {
      PORTFOLIO_ORDERS_TOKEN: stack().tokens.read,
    });
    expect(JSON.parse(read.stdout)).toHaveLength(lines.length);

    const again = await cli(['cancel', reference, ...WHY]);
    expect({ code: again.code, stdout: again.stdout }).toEqual({ code: 5, stdout: '' });
    expect(again.stderr).toMatch(/^FORBIDDEN_BY_RULE: .*portfolio-order:CANCELLED>CANCELLED: .*\n$/);
  });

  it('acknowledges what needs attention, and resends what ESW refused', async () => {
    stack().esw.control.addFault({ kind: '400', match: { status: 'Created' } });
    const reference = await submit(stack());
    await until('the refusal', async () => {
      const { order } = await show(stack(), reference);
      return order?.fulfillment.refused.length === 1 && order.fulfillment.accepted.length === 3;
    });
    const shown = await cli(['show', reference]);
    expect(shown.stdout).toMatch(
      /\nNeeds attention\n {2}EMISSION_REFUSED {2}NEW was rejected by ESW: .*\n {4}.*retry-emission, .*skip-emission\.\n {4}\$ portfolio-orders retry-emission \S+ --reason '…'\n {4}\$ portfolio-orders skip-emission \S+ --reason '…'\n/,
    );
    const wrong = await cli([
      'acknowledge',
      reference,
      ...WHY,
      '--code',
      'EMISSION_REFUSED',
      '--code',
      'MISTRADE',
    ]);
    expect(wrong.stderr).toMatch(/^FORBIDDEN_BY_RULE: .*operator:acknowledge: .*MISTRADE/);
    expectDone(
      await cli(['acknowledge', reference, ...WHY, '--code', 'EMISSION_REFUSED']),
      'operator:acknowledge',
    );
    expect((await cli(['show', reference])).stdout).not.toContain('Needs attention');
    expectDone(
      await cli(['retry-emission', reference, ...WHY]),
      'operator:retry-emission',
      /esw +emission:accepted /,
    );
    await finished(stack(), reference);
    expect(statusesAtEsw(stack(), reference).sort()).toEqual([...EVERY_STATE].sort());
  });

  it('releases, closes on evidence, and reopens', async () => {
    const id = await heldOrder(stack());
    expect((await cli(['show', id])).stdout).toMatch(/^Held +FIRST_SEEN_FINISHED$/m);
    expectDone(await cli(['release', id, ...WHY]), 'operator:release');

    const { reference } = await waiting();
    expectDone(await cli(['close', reference, ...WHY, '--evidence', 'ticket 4711']), 'operator:close');
    await finished(stack(), reference);
    expect((await cli(['show', reference])).stdout).toMatch(
      /^Closed +.* by ada .*: the client called \(ticket 4711\)$/m,
    );
    expectDone(await cli(['reopen', reference, ...WHY]), 'operator:reopen');
    expect((await cli(['show', reference])).stdout).toMatch(/^Reopened +.* by ada/m);
    expectDone(await cli(['close', reference, ...WHY, '--evidence', 'ticket 4712']), 'operator:close');
  });

  it('identifies what a POST without an answer has made', async () => {
    const reference = await placeUnanswered(stack());
    const shown = await cli(['show', reference]);
    expect(shown.stdout).toMatch(
      /^Order +\S+ – UNKNOWN\n(.*\n)*Waiting for +The order to be found at Upvest/,
    );
    for (const args of [[], ['--none', '--order', 'x']]) {
      const { code, stderr } = await cli(['identify', reference, ...WHY, ...args]);
      expect({ code, stderr }).toEqual({ code: 2, stderr: 'error: give either --order <id> or --none\n' });
    }
    const wrong = await cli(['identify', reference, ...WHY, '--order', 'x']);
    expect(wrong.stderr).toMatch(/^INVALID_REQUEST: .*\n {2}- portfolioOrderId must be/);
    expectDone(await cli(['identify', reference, ...WHY, '--none']), 'placement:identified');
    await until('the end', async () => (await show(stack(), reference)).phase === 'NOT_PLACED');
    expect(await cli(['watch', reference])).toMatchObject({ code: 3, stderr: '' });
    // A placement has a timeline of its own (14.19).
    expect((await cli(['timeline', reference])).stdout).toMatch(
      /placement:requested .*\n.*placement:unknown .*\n.*operator +placement:identified .* ada .*\n$/,
    );
  });

  it('says when an order is interrupted, and how to restart it', async () => {
    const { reference, id } = await waiting();
    await terminate(stack(), id);
    expect((await cli(['show', reference])).stdout).toMatch(
      /terminated or failed.*\n +Restart it with reconcile.*\n +\$ portfolio-orders reconcile /,
    );
    expectDone(
      await cli(['reconcile', reference, ...WHY]),
      'operator:reconcile',
      /operator:reconcile +Reconciled: no change$/,
    );
    expect((await cli(['show', reference])).stdout).not.toContain('terminated or failed');
  });

  it('says how to retry the same decision when its outcome is unknown', async () => {
    const { reference, id } = await waiting();
    const impatient = await impatientServer(stack());
    await stack().stopWorker();
    const url = { PORTFOLIO_ORDERS_URL: impatient.url };
    const { code, stdout, stderr } = await cli(['cancel', id, ...WHY], url);
    await stack().startWorker();
    await impatient.stop();
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    const [, key = ''] =
      /^OUTCOME_UNKNOWN: .*\nRetry with --key (\S+); it is the same decision/.exec(stderr) ?? [];
    const again = () => cli(['cancel', id, ...WHY, '--key', key]);
    await until('the decision', async () => (await again()).code === 0);
    await finished(stack(), reference);
    expectDone(await again(), 'operator:cancel', /operator:cancel +Upvest accepted /);
  });

  it('(a token of another role) ends with 1', async () => {
    const token = { PORTFOLIO_ORDERS_TOKEN: stack().tokens.submit };
    const { code, stderr } = await cli(['release', 'any', ...WHY], token);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^FORBIDDEN: .*operate.*\n$/);
    expect(stderr).not.toContain('--key');
  });

  it.each(OPERATIONS)('(%s of an unknown order) ends with 4', async (name) => {
    const needed: Partial<Record<typeof name, string[]>> = {
      close: ['--evidence', 'x'],
      identify: ['--none'],
    };
    const { code, stderr } = await cli([name, 'unknown', ...WHY, ...(needed[name] ?? [])]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/^NOT_FOUND: .*unknown\.\n$/);
  });
}
