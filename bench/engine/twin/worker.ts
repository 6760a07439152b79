/** The worker process of the twin. */
import { NativeConnection, Worker } from '@temporalio/worker';
import { request } from 'undici';
import type { TwinActivities, TwinEvent, TwinOrder } from './contract';
import { readSettings, twinUpvest } from './settings';

const settings = readSettings();
const { esw } = settings.access;
const upvest = twinUpvest(settings);
let token: Promise<string> | undefined;

async function readToken(): Promise<string> {
  const form = {
    grant_type: 'client_credentials',
    client_id: esw.clientId,
    client_secret: esw.clientSecret,
    scope: esw.scope,
  };
  const { body } = await request(`${esw.url}/connect/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
  return ((await body.json()) as { access_token: string }).access_token;
}

function orderEvent({ reference }: TwinOrder, { id, type, created_at: at, object }: TwinEvent): object {
  const isChild = type.startsWith('ORDER.');
  return {
    id,
    tenantCode: esw.tenantCode,
    orderType: 'Buy',
    brandOrderReference: isChild ? object.id : reference,
    ...(isChild && { parentBrandOrderReference: reference }),
    status: object.status,
    creationDateTime: at,
    lastUpdateDateTime: at,
    lastUpdateUser: 'twin',
    metadataItems: [
      { name: 'cashAmount', value: object.cash_amount ?? '' },
      { name: 'currency', value: object.currency ?? '' },
    ],
  };
}

const activities: TwinActivities = {
  async place({ userId, accountId, cashAmount }) {
    const order = { userId, accountId, cashAmount, currency: 'EUR', side: 'BUY' };
    // The key has to be a UUID, and each account has one order.
    return (await upvest.createPortfolioOrder(order, accountId)).id;
  },
  async emit(order, events) {
    token ??= readToken();
    const authorization = `Bearer ${await token}`;
    for (const event of events) {
      const { statusCode, body } = await request(`${esw.url}/v1/Events/OrderEvent`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', 'idempotency-key': event.id },
        body: JSON.stringify(orderEvent(order, event)),
      });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`ESW answered ${statusCode}: ${text}`);
    }
  },
};

async function main(): Promise<void> {
  const connection = await NativeConnection.connect({ address: settings.temporalAddress });
  const worker = await Worker.create({
    connection,
    taskQueue: settings.taskQueue,
    workflowsPath: require.resolve('./workflow'),
    activities,
  });
  const finished = worker.run();
  process.stderr.write('worker is running\n');
  await finished;
  await connection.close();
  await upvest.close();
}

void main();
