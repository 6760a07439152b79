/** Who may decide about an order, what a decision must say, and the answers for unknown orders. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import { call, show, until, type Answer } from '../support/stack';
import { place } from '../support/orders';
import { BODIES, expectDecided, operate, OPERATIONS, type OperationName } from './operations';
import { expectFields, expectProblem } from './problem';
import { exists } from './webhooks';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';

export function operationsRequestsSuite(running: () => Stack): void {
  let stack: Stack;
  let reference: string;
  beforeAll(async () => {
    stack = running();
    ({ reference } = await place(stack, { scenario: 'WAITS_IN_NEW' }));
    await until('its workflow', async () => (await show(stack, reference)).order?.status === 'NEW');
  });

  function post(operation: OperationName, json: unknown, token = stack.tokens.operate): Promise<Answer> {
    return call(stack, 'POST', `/portfolio-orders/${reference}/${operation}`, { token, json });
  }

  describe.each(OPERATIONS)('%s', (operation) => {
    // Who placed it may cancel it: callers.suite.ts.
    const others = operation === 'cancel' ? (['read'] as const) : (['read', 'submit'] as const);
    it.each(others)('is refused to the role %s, and who has no token', async (role) => {
      const refused = await operate(stack, reference, operation, {}, { token: stack.tokens[role] });
      expect(expectProblem(refused, 403, 'FORBIDDEN').detail).toContain('operate');
      expectProblem(
        await operate(stack, reference, operation, {}, { token: 'unknown' }),
        401,
        'UNAUTHENTICATED',
      );
    });

    it('needs a reason', async () => {
      const { reason, ...rest } = BODIES[operation];
      for (const wrong of [undefined, '', '  \n', 5, null, 'x'.repeat(1001)])
        expectFields(await post(operation, { ...rest, ...(wrong !== undefined && { reason: wrong }) }), [
          'reason',
        ]);
      expect(reason).not.toBe('');
    });

    it('takes a name, and no unknown field', async () => {
      for (const actor of ['', ' ', 5, null, 'x'.repeat(101), 'ada\n[system]', '\u001b[31mada', 'a\u202eda'])
        expectFields(await post(operation, { ...BODIES[operation], actor }), ['actor']);
      expectFields(await post(operation, { ...BODIES[operation], force: true, evidenc: 'x' }), [
        'evidenc',
        'force',
      ]);
    });

    it.each(['[]', '"now"', 'null'])('has to be a JSON object, not %s', async (body) => {
      const path = `/portfolio-orders/${reference}/${operation}`;
      expectFields(await call(stack, 'POST', path, { token: stack.tokens.operate, body }), ['body']);
    });

    it.each([
      ['a blank', 'one two'],
      ['too many characters', 'k'.repeat(101)],
      ['other characters', 'schlüssel'],
    ])('takes no idempotency key with %s', async (_what, key) => {
      const answer = await operate(
        stack,
        reference,
        operation,
        {},
        { key: Buffer.from(key).toString('latin1') },
      );
      expectFields(answer, ['idempotency-key']);
    });

    it('of an unknown order is answered 404, and starts nothing', async () => {
      const id = randomUUID();
      for (const name of [id, 'unknown', '../placement/x'])
        expectProblem(await operate(stack, name, operation), 404, 'NOT_FOUND');
      expect(await exists(portfolioOrderWorkflowId(id))).toBe(false);
      expectFields(await operate(stack, 'a b', operation), ['referenceOrId']);
    });
  });

  describe('what else a decision must say', () => {
    it('close: the evidence', async () => {
      const { evidence, ...rest } = BODIES.close;
      expect(evidence).not.toBe('');
      for (const wrong of [undefined, '', '  ', 5, 'x'.repeat(1001)])
        expectFields(await post('close', { ...rest, ...(wrong !== undefined && { evidence: wrong }) }), [
          'evidence',
        ]);
    });

    it('identify: which order, or that there is none; what is left out by mistake ends nothing', async () => {
      const { reason } = BODIES.identify;
      for (const wrong of [
        {},
        { portfolioOrderId: '' },
        { portfolioOrderId: 'none' },
        { portfolioOrderId: 5 },
      ])
        expectFields(await post('identify', { reason, ...wrong }), ['portfolioOrderId']);
    });

    it.each([['NEW_OVERDUE'], [[]], [['']], [[5]], [['a b']], [{}], [null]])(
      'acknowledge: codes, not %j',
      async (codes) => {
        const { errors } = expectProblem(
          await post('acknowledge', { reason: 'seen', codes }),
          400,
          'INVALID_REQUEST',
        );
        expect(errors?.[0]?.field).toMatch(/^codes/);
      },
    );
  });

  it('a decision says whose token it was, and may say more', async () => {
    const { reference: other } = await place(stack, { scenario: 'WAITS_IN_NEW' });
    await until('its workflow', async () => (await show(stack, other)).order?.status === 'NEW');
    const name = 'Ada Lovelace, Ärzteteam';
    expectDecided(await operate(stack, other, 'close', { actor: name }), 'operator:close');
    expect((await show(stack, other)).order?.closed?.actor).toBe(`${name} (demo-operate)`);
  });

  describe('the timeline', () => {
    it('is given to every role', async () => {
      for (const role of ['read', 'submit', 'operate'] as const) {
        const token = stack.tokens[role];
        expect((await call(stack, 'GET', `/portfolio-orders/${reference}/timeline`, { token })).status).toBe(
          200,
        );
      }
      const answer = await call(stack, 'GET', `/portfolio-orders/${reference}/timeline`, {
        token: 'unknown',
      });
      expectProblem(answer, 401, 'UNAUTHENTICATED');
    });

    it.each(['unknown', randomUUID()])('of an unknown order (%s) is answered 404', async (name) => {
      const { read: token } = stack.tokens;
      expectProblem(
        await call(stack, 'GET', `/portfolio-orders/${name}/timeline`, { token }),
        404,
        'NOT_FOUND',
      );
    });
  });

  it('whatever was refused here has changed nothing', async () => {
    const { order, phase } = await show(stack, reference);
    expect({ phase, status: order?.status, cancel: order?.cancel, closed: order?.closed }).toEqual({
      phase: 'TRACKED',
      status: 'NEW',
      cancel: undefined,
      closed: undefined,
    });
  });
}
