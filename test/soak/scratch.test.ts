import { setTimeout as sleep } from 'node:timers/promises';
import { execSync } from 'node:child_process';
import { newRequest } from '../support/api-calls';
import { startDeployment, submitUntilTaken, type Deployment } from '../support/deployment';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';
let d: Deployment;
beforeAll(async () => {
  d = await startDeployment({ upvest: { pace: { processAfterMs: 5000, childSpacingMs: 50, fillAfterMs: 4000, settleAfterMs: 60000, settledAheadMs: 300, secondMs: 50 }, children: 3 } });
}, 120000);
afterAll(() => d.stop());
it('x', async () => {
  for (let i = 0; i < 20; i += 1) await submitUntilTaken(d, newRequest());
  await sleep(2500);
  const ps = () => execSync('ps -eo pid,etimes,args | grep "dist/src/[ws]" | grep -v grep').toString();
  console.log(ps(), d.esw.control.counts());
  await d.kill('database');
  for (let i = 0; i < 4; i += 1) {
    await sleep(4000);
    console.log(ps(), d.esw.control.counts(), d.upvest.control.deliveries().map((x) => x.status).join());
  }
  const id = d.upvest.control.portfolioOrders()[0]?.portfolioOrder.id ?? '';
  const view = await d.client.workflow.getHandle(portfolioOrderWorkflowId(id)).query<any>('view').catch((e) => String(e));
  console.log(JSON.stringify({ s: view.status, t: view.troubles, f: view.fulfillment, w: view.waitingFor, run: view.run }));
  const { raw } = await d.client.workflow.getHandle(portfolioOrderWorkflowId(id)).describe();
  console.log(JSON.stringify(raw.pendingActivities));
}, 120000);
