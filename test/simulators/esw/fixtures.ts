import { request, type Dispatcher } from 'undici';
import { startEswSimulator, type EswSimulator, type EswSimulatorOptions } from '../../../simulators/esw';

export const client = { clientId: 'PFOLIO.coordinator', clientSecret: 'a secret' };
export const scope = 'logistics.fulfillment.api.all';

/** The parts of an HTTP response that tests use. */
export interface HttpResponse {
  status: number;
  headers: Dispatcher.ResponseData['headers'];
  body: string;
}

/** Simulators started by the current test, for `afterEach(stopAll)`. */
const running: EswSimulator[] = [];

export async function start(options: Partial<EswSimulatorOptions> = {}): Promise<EswSimulator> {
  const simulator = await startEswSimulator({ ...client, scope, ...options });
  running.push(simulator);
  return simulator;
}

export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
}

export async function postForm(simulator: EswSimulator, form: Record<string, string>): Promise<HttpResponse> {
  return post(`${simulator.url}/connect/token`, new URLSearchParams(form).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  });
}

/** A valid token request; tests override fields. */
export const tokenForm = {
  grant_type: 'client_credentials',
  client_id: client.clientId,
  client_secret: client.clientSecret,
  scope,
};

export async function token(simulator: EswSimulator, scopes = scope): Promise<string> {
  const { body } = await postForm(simulator, { ...tokenForm, scope: scopes });
  return (JSON.parse(body) as { access_token: string }).access_token;
}

/** Posts an event, given as an object or raw text, with a new token unless headers override it. */
export async function postEvent(
  simulator: EswSimulator,
  event: object | string | Buffer,
  headers: Record<string, string> = {},
): Promise<HttpResponse> {
  const body = typeof event === 'string' || Buffer.isBuffer(event) ? event : JSON.stringify(event);
  return post(`${simulator.url}/v1/Events/OrderEvent`, body, {
    'content-type': 'application/json',
    ...('authorization' in headers ? {} : { authorization: `Bearer ${await token(simulator)}` }),
    ...headers,
  });
}

/** Waits for a condition, at most 5 s. */
export async function until(condition: () => boolean): Promise<void> {
  const limit = performance.now() + 5000;
  while (!condition()) {
    if (performance.now() > limit) throw new Error(`Not within 5 s: ${condition.toString()}`);
    await new Promise(setImmediate);
  }
}

/** The error map of a problem in shape 1. */
export function errorsOf(answer: HttpResponse): Record<string, string[]> {
  return (JSON.parse(answer.body) as { errors: Record<string, string[]> }).errors;
}

/** The smallest event that strict mode accepts. */
export const smallEvent = {
  id: '5d0c6a52-7f0e-4c39-9a53-1f2f6f8f3c11',
  tenantCode: 'PFOLIO',
  status: 'Created',
  creationDateTime: '2026-03-02T09:00:00.000Z',
  lastUpdateDateTime: '2026-03-02T09:00:00.000Z',
};

/** Counts of a new simulator; tests override fields. */
export const noCounts = {
  accepted: 0,
  replayed: 0,
  conflicting: 0,
  rejected: 0,
  dropped: 0,
  faulted: 0,
};

let made = 0;

/** An event with a new id, and the status and transaction type of references/esw.md#statuses. */
export function orderEvent(
  transactionType: string,
  brandOrderReference: string,
  change: Record<string, unknown> = {},
): typeof smallEvent & Record<string, unknown> {
  made += 1;
  return {
    ...smallEvent,
    id: `00000000-0000-0000-0000-${String(made).padStart(12, '0')}`,
    status: statusOf[transactionType] ?? 'Fulfilled',
    brandOrderReference,
    lastTransaction: { type: transactionType, status: 'Completed' },
    ...change,
  };
}

const statusOf: Record<string, string> = {
  OrderPlaced: 'Created',
  OrderConfirmed: 'Confirmed',
  OrderFulfilled: 'Fulfilled',
  OrderSettled: 'Settled',
  OrderCancelled: 'Cancelled',
  OrderClosed: 'Cancelled',
  OrderCorrected: 'Settled',
};

/** Posts to a path of the simulator. */
export async function post(
  url: string,
  body: string | Buffer,
  headers: Record<string, string>,
): Promise<HttpResponse> {
  const response = await request(url, { method: 'POST', body, headers });
  return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
}
