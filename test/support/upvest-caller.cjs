/**
 * A process that calls Upvest as fast as its share of the deployment's budget allows, as a worker or as a server does; for
 * `test/soak/upvest-budget.test.ts`. Takes its configuration as JSON, and says when it has begun.
 */
const { createPrivateKey } = require('node:crypto');
const { connectClient } = require('../../dist/src/temporal/client.js');
const { createSharedRate } = require('../../dist/src/app/upvest-rate.js');
const { createUpvestClient } = require('../../dist/src/upvest/client/client.js');

const { kind, id, temporal, orderTaskQueue, requestsPerSecond, upvest } = JSON.parse(process.argv[2]);
const client = connectClient(temporal);
const rate = createSharedRate(client, { orderTaskQueue, requestsPerSecond, warn: console.warn });
const caller = createUpvestClient({
  ...upvest,
  privateKey: createPrivateKey(upvest.privateKey),
  requestsPerSecond: rate,
});

/** Upvest knows no such order, and counts the request all the same. */
const calls = {
  worker: [() => caller.readPortfolioOrder(id), () => caller.cancelPortfolioOrder(id)],
  server: [() => caller.readOrder(id)],
};

async function callOnAndOn(call) {
  for (;;) await call().catch(() => undefined);
}

for (let lane = 0; lane < 20; lane += 1) for (const call of calls[kind]) void callOnAndOn(call);
