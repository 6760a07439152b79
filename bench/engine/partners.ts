/**
 * Simulated Upvest and ESW in a process of their own, so that their processor time is not counted. Upvest's orders are prepared and
 * their webhooks signed before the clock starts.
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEswSimulator, type EswSimulator } from '../../simulators/esw';
import { startUpvestSimulator, type UpvestSimulator } from '../../simulators/upvest';
import { splitIntoRuns } from '../../simulators/upvest/webhooks/webhook-batches';
import { WEBHOOK_PATH, type Basket, type Notice, type Question, type Reply } from './partners-messages';

/**
 * Upvest's timestamps are ahead of our clock, because an order that is older than its placement by a minute counts as another one,
 * and a round may take longer.
 */
const AHEAD_MS = 10 * 60_000;
const SIGNATURE_SECONDS = 86_400;
const WITHOUT_END = 1_000_000_000;
const TENANT = 'PFOLIO';
const SCOPE = 'logistics.fulfillment.api.all';
const IMMEDIATELY = { processAfterMs: 0, childSpacingMs: 0, fillAfterMs: 0, settleAfterMs: 0 };

type Started = Extract<Question, { ask: 'start' }>;

interface Partners {
  options: Started;
  upvest: UpvestSimulator;
  esw: EswSimulator;
}

let partners: Partners | undefined;

const send = (message: Notice | Reply): void => void process.send?.(message);

async function start(options: Started): Promise<Reply> {
  const clientId = randomUUID();
  const clientSecret = randomUUID();
  const keyId = randomUUID();
  const keys = generateKeyPairSync('ec', {
    namedCurve: 'secp521r1',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const upvest = await startUpvestSimulator({
    clientId,
    clientSecret,
    clientKeys: [{ keyId, publicKey: keys.publicKey }],
    children: options.children,
    pace: IMMEDIATELY,
    now: () => Date.now() + AHEAD_MS,
  });
  const esw = await startEswSimulator({
    clientId: `${TENANT}.coordinator`,
    clientSecret,
    scope: SCOPE,
    page: false,
    onAccepted: ({ brandOrderReference, parentBrandOrderReference }) => {
      send({ notice: 'accepted', reference: parentBrandOrderReference ?? brandOrderReference ?? '' });
    },
  });
  partners = { options, upvest, esw };
  addLatency(partners);
  return {
    reply: 'started',
    access: {
      upvest: { url: upvest.url, clientId, clientSecret, keyId, privateKey: keys.privateKey },
      esw: {
        url: esw.url,
        clientId: `${TENANT}.coordinator`,
        clientSecret,
        scope: SCOPE,
        tenantCode: TENANT,
      },
    },
  };
}

function addLatency({ options: { partnerLatencyMs: ms }, upvest, esw }: Partners): void {
  if (ms === 0) return;
  upvest.control.clearFaults();
  upvest.control.delayAnswers({ ms, count: WITHOUT_END });
  esw.control.addFault({ kind: 'delay', delayMs: ms, count: WITHOUT_END });
}

async function prepare({ options, upvest: { control } }: Partners, count: number): Promise<Reply> {
  const prepared = Array.from({ length: count }, () => {
    const draft = { userId: randomUUID(), accountId: randomUUID(), cashAmount: '1000.00' };
    const { portfolioOrder } = control.prepare(draft, () => {
      send({ notice: 'placed', accountId: draft.accountId });
    });
    return { ...draft, reference: `bench-${draft.accountId}`, portfolioOrderId: portfolioOrder.id };
  });
  const baskets: Basket[] = [];
  for (const basket of prepared) {
    const truth = () => control.portfolioOrder(basket.portfolioOrderId);
    while (truth().portfolioOrder.status !== 'SETTLED') await sleep(5);
    const webhookId = randomUUID();
    const events = truth().events.map((event) => ({ ...event, webhook_id: webhookId }));
    const requests = splitIntoRuns(events, options.requests).map(async (batch) => {
      const { headers, body } = await control.signWebhook(
        `http://bench${WEBHOOK_PATH}`,
        batch,
        SIGNATURE_SECONDS,
      );
      return { headers, body: body.toString('utf8') };
    });
    baskets.push({ ...basket, requests: await Promise.all(requests) });
  }
  return { reply: 'prepared', baskets };
}

/** Forgets ESW's events, so that memory and look-ups do not grow from round to round. */
function forget(running: Partners): Reply {
  const { control } = running.esw;
  const audit = control.audit().map((finding) => JSON.stringify(finding));
  const rejections = control.rejections().map((rejection) => JSON.stringify(rejection));
  control.reset();
  addLatency(running);
  return { reply: 'forgotten', audit, rejections };
}

async function answer(question: Question): Promise<Reply> {
  if (question.ask === 'start') return start(question);
  if (partners === undefined) throw new Error('The partners are not started.');
  return question.ask === 'prepare' ? prepare(partners, question.count) : forget(partners);
}

process.on('message', (question: Question) => {
  void answer(question).then(send);
});
process.on('disconnect', () => process.exit());
