import { request } from 'undici';
import type { Stack } from '../../demo/stack';
import { placementWorkflowId } from '../../contracts/placement';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';
import { runInProcess } from '../cli/in-process';
import type { Ended } from '../cli/processes';
import { call, finished, newRequest, show, submit, until } from '../support/stack';

/** Answers of a stack about orders that Temporal has deleted, as it does after its retention. */
export function archiveSuite(stack: () => Stack): void {
  async function forget(...workflowIds: string[]): Promise<void> {
    const { client } = stack();
    const { namespace } = client.options;
    for (const workflowId of workflowIds)
      await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId } });
    for (const workflowId of workflowIds) {
      const isGone = () =>
        client.workflow
          .getHandle(workflowId)
          .describe()
          .then(
            () => false,
            () => true,
          );
      await until(`Temporal to forget ${workflowId}`, isGone);
    }
  }

  async function textOf(path: string): Promise<string> {
    const { url, tokens } = stack();
    const headers = { authorization: `Bearer ${tokens.read}` };
    const answer = await request(`${url}/portfolio-orders/${path}`, { headers });
    return `${answer.statusCode} ${await answer.body.text()}`;
  }

  function print(args: string[]): Promise<Ended> {
    const { url, tokens } = stack();
    return runInProcess(args, { PORTFOLIO_ORDERS_URL: url, PORTFOLIO_ORDERS_TOKEN: tokens.read });
  }

  it('an order that Temporal has forgotten is shown and drawn as before, and its reference places nothing', async () => {
    const { upvest } = stack();
    const order = newRequest();
    const { reference } = order;
    await submit(stack(), order);
    const before = await finished(stack(), reference);
    const id = before.portfolioOrderId ?? '';
    const paths = [id, `${id}/timeline`, `${id}/timeline.svg`];
    const answers = await Promise.all(paths.map(textOf));
    const commands = [reference, id].flatMap((name) => [
      ['show', name],
      ['timeline', name],
      ['timeline', name, '--json'],
      ['timeline', name, '--svg'],
    ]);
    const printed = await Promise.all(commands.map(print));
    expect(new Set(printed.map(({ code }) => code))).toEqual(new Set([0]));

    await forget(placementWorkflowId(reference), portfolioOrderWorkflowId(id));
    upvest.control.forgetPlacementKeys();
    const placedBefore = upvest.control.portfolioOrders().length;

    expect(await Promise.all(paths.map(textOf))).toEqual(answers);
    expect(await Promise.all(commands.map(print))).toEqual(printed);
    const after = await show(stack(), reference);
    expect(after.order).toEqual(before.order);
    expect(after).toMatchObject({
      phase: 'FINISHED',
      reference,
      portfolioOrderId: id,
      tracking: before.tracking,
    });
    // User ids are not kept.
    const { userId: _, ...terms } = before.placement?.request ?? {};
    expect(after.placement?.request).toEqual(terms);

    const token = stack().tokens.submit;
    const again = await call(stack(), 'POST', '/portfolio-orders', { token, json: order });
    expect(again).toMatchObject({ status: 200, body: { portfolioOrderId: id } });
    const other = { ...order, cashAmount: '2000.00' };
    const conflict = await call(stack(), 'POST', '/portfolio-orders', { token, json: other });
    expect(conflict.status).toBe(409);
    expect(upvest.control.portfolioOrders()).toHaveLength(placedBefore);
  });

  it('an open order that Temporal has lost is shown as it was saved, and goes on once it is reconciled', async () => {
    const { upvest, esw, tokens } = stack();
    const order = newRequest();
    upvest.control.configureAccount(order.accountId, { children: 2 });
    upvest.control.holdWebhooks();
    await submit(stack(), order);
    const { reference } = order;
    const seen = await until('NEW at ESW', async () => {
      const view = await show(stack(), reference);
      return view.order?.fulfillment.accepted.length === 1 ? view : undefined;
    });
    const id = seen.portfolioOrderId ?? '';
    const { client } = stack();
    await client.workflow.getHandle(portfolioOrderWorkflowId(id)).terminate('the cluster was lost');
    await forget(portfolioOrderWorkflowId(id));
    const lost = await show(stack(), reference);
    expect(lost).toMatchObject({ phase: 'TRACKED', interrupted: true, order: { status: 'NEW', reference } });

    const decision = { token: tokens.operate, json: { reason: 'the cluster was lost' } };
    const answer = await call(stack(), 'POST', `/portfolio-orders/${reference}/reconcile`, decision);
    expect(answer.status).toBe(200);
    await upvest.control.releaseWebhooks();
    await finished(stack(), reference);
    const { conflicting } = esw.control.counts();
    expect(conflicting).toBe(0);
    expect((await textOf(`${id}/timeline`)).includes('recovery:resumed')).toBe(true);
  });
}
