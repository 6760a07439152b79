/** Looks at ESW as far as that changes nothing: its Fulfillment API has one call, and that stores an event. */
import { Agent, request } from 'undici';
import type { WorkerConfig } from '../config';
import { EswNoToken } from '../esw/errors';
import { hiding } from '../esw/secrets';
import { createEswToken } from '../esw/token';
import { examine, failed, notChecked, ok, type Check, type CheckResult, type Finding } from './check';

export interface EswParts {
  esw: WorkerConfig['esw'];
  tenantCode: string;
  timeoutMs: number;
}

const REACH = 'Check ESW_BASE_URL and ESW_TOKEN_URL, and the network and proxy of this machine.';

export async function eswResults({ esw, tenantCode, timeoutMs }: EswParts): Promise<CheckResult[]> {
  const look = (name: string, one: Check['look']): Promise<CheckResult> =>
    examine({ area: 'ESW', name, look: one, remedy: REACH }, timeoutMs);
  return Promise.all([
    look('token', () => token(esw, timeoutMs)),
    look('tenant', () => Promise.resolve(tenant(esw.clientId, tenantCode))),
    look('address', () => address(esw.baseUrl, timeoutMs)),
    look('events', () =>
      Promise.resolve(
        notChecked(
          'no call tells without storing an event whether ESW takes ours; EMISSION_STOPPED says so of the first one',
        ),
      ),
    ),
  ]);
}

async function token(esw: WorkerConfig['esw'], timeoutMs: number): Promise<Finding> {
  const dispatcher = new Agent({ connect: { timeout: timeoutMs } });
  try {
    const hide = hiding(esw.clientSecret);
    await createEswToken({ ...esw, dispatcher, timeoutMs, clock: Date, hide }).current();
    return ok(`given for ${esw.scope}`);
  } catch (error) {
    if (!(error instanceof EswNoToken)) throw error;
    return failed(
      error.message,
      error.next === 'retry' ? REACH : 'Check ESW_CLIENT_ID, ESW_CLIENT_SECRET and ESW_SCOPE with ESW.',
    );
  } finally {
    await dispatcher.close();
  }
}

/** A client id is `<tenant>.<name>` (esw-order-event.md 3), and events of another tenant are refused. */
function tenant(clientId: string, tenantCode: string): Finding {
  const [owner = '', ...name] = clientId.split('.');
  if (name.length === 0) return notChecked('ESW_CLIENT_ID does not name a tenant');
  return owner === tenantCode
    ? ok(`${tenantCode}, as the client's`)
    : failed(
        `ESW_TENANT_CODE is ${tenantCode}, the client belongs to ${owner}`,
        'Set ESW_TENANT_CODE to the tenant of ESW_CLIENT_ID: events of another one are refused.',
      );
}

/** `/probe` is where ESW's services answer for their health; whether this one does is inferred, so any answer will do. */
async function address(baseUrl: string, timeoutMs: number): Promise<Finding> {
  const url = `${baseUrl.replace(/\/+$/, '')}/probe`;
  const { statusCode, body } = await request(url, { headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  await body.dump();
  return statusCode < 500
    ? ok(`${baseUrl} answers`)
    : failed(`${baseUrl} answered ${statusCode}`, 'Ask ESW; events are kept and sent when it is back.');
}
