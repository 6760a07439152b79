/** Asks the admin address of a process whether it is ready. */
import { request } from 'undici';
import type { AdminConfig } from '../config/admin';
import { parseJson } from '../lib/json';
import { failed, notChecked, ok, runCheck, type CheckOutcome, type CheckResult } from './check';
import type { ProcessName } from './configuration';

export async function adminResult(
  name: ProcessName,
  { host, port }: AdminConfig,
  timeoutMs: number,
): Promise<CheckResult> {
  const url = `http://${host}:${port}`;
  const run = async (): Promise<CheckOutcome> => {
    const limits = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs };
    const answer = await request(`${url}/readyz`, limits).catch(() => undefined);
    // The doctor often runs elsewhere, and may not reach an address that is not for the public.
    if (answer === undefined)
      return notChecked(`nothing answers at ${url}: ADMIN_HOST and ADMIN_PORT, as seen from here`);
    const body = parseJson(await answer.body.text()) as { reason?: string } | undefined;
    if (answer.statusCode === 200) return ok(`the ${name} at ${url} is ready`);
    return failed(
      body?.reason ?? `/readyz answered ${answer.statusCode}`,
      `Fix what the detail says; see the log of the ${name}.`,
    );
  };
  const remedy = `Start the ${name} anew, and see its log.`;
  return runCheck({ area: 'readiness', name, run, remedy }, timeoutMs);
}
