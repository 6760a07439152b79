/** Checks ESW read-only: the single call of its Fulfillment API stores an event and is not used. */
import { Agent, request } from 'undici';
import type { WorkerConfig } from '../config/config';
import { EswNoToken } from '../esw/errors';
import { createRedaction } from '../esw/redaction';
import { createEswToken } from '../esw/token';
import {
  clockCheck,
  runCheck,
  failed,
  notChecked,
  ok,
  type Check,
  type CheckResult,
  type CheckOutcome,
} from './check';
import type { OnClockSkew } from '../partners/clock-skew';

export interface EswParts {
  esw: WorkerConfig['esw'];
  tenantCode: string;
  timeoutMs: number;
}

const REACH = 'Check ESW_BASE_URL and ESW_TOKEN_URL, and the network and proxy of this machine.';

export async function eswResults({ esw, tenantCode, timeoutMs }: EswParts): Promise<CheckResult[]> {
  const check = (name: string, one: Check['run']): Promise<CheckResult> =>
    runCheck({ area: 'ESW', name, run: one, remedy: REACH }, timeoutMs);
  let skew: number | undefined;
  const onClockSkew = (ms: number): void => {
    skew = ms;
  };
  const issued = await check('token', () => token(esw, timeoutMs, onClockSkew));
  const clock = (): CheckOutcome =>
    skew === undefined ? notChecked('no answer from ESW had a time') : clockCheck(skew, 'ESW');
  return Promise.all([
    Promise.resolve(issued),
    check('clock', () => Promise.resolve(clock())),
    check('tenant', () => Promise.resolve(tenant(esw.clientId, tenantCode))),
    check('address', () => address(esw.baseUrl, timeoutMs)),
    check('events', () =>
      Promise.resolve(
        notChecked(
          'only storing an event would show whether ESW accepts ours; if not, the first one raises EMISSION_STOPPED',
        ),
      ),
    ),
  ]);
}

async function token(
  esw: WorkerConfig['esw'],
  timeoutMs: number,
  onClockSkew: OnClockSkew,
): Promise<CheckOutcome> {
  const dispatcher = new Agent({ connect: { timeout: timeoutMs } });
  try {
    const redact = createRedaction(esw.clientSecret);
    await createEswToken({ ...esw, dispatcher, timeoutMs, clock: Date, redact, onClockSkew }).current();
    return ok(`issued for ${esw.scope}`);
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

/** A client id is `<tenant>.<name>` (references/esw.md#authentication); ESW rejects events of another tenant. */
function tenant(clientId: string, tenantCode: string): CheckOutcome {
  const [owner = '', ...name] = clientId.split('.');
  if (name.length === 0) return notChecked('ESW_CLIENT_ID does not name a tenant');
  return owner === tenantCode
    ? ok(`${tenantCode}, the client's tenant`)
    : failed(
        `ESW_TENANT_CODE is ${tenantCode}, the client belongs to ${owner}`,
        'Set ESW_TENANT_CODE to the tenant of ESW_CLIENT_ID: ESW rejects events of another tenant.',
      );
}

/** ESW's services report their health at `/probe`. That this one does is an assumption, so any answer below 500 counts. */
async function address(baseUrl: string, timeoutMs: number): Promise<CheckOutcome> {
  const url = `${baseUrl.replace(/\/+$/, '')}/probe`;
  const { statusCode, body } = await request(url, { headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  await body.dump();
  return statusCode < 500
    ? ok(`${baseUrl} answers`)
    : failed(
        `${baseUrl} answered ${statusCode}`,
        'Contact ESW; events are kept and sent once it is available.',
      );
}
