/**
 * Looks at everything that the coordinator needs, changes nothing, and says what to do about what is wrong. Whatever is
 * not there to be looked at, such as Upvest without a configuration, is said to be unchecked.
 */
import { hiding } from '../esw/secrets';
import { connectClient, resolveTarget } from '../temporal/connection';
import { failed, notChecked, reasonOf, type Area, type CheckResult } from './check';
import { readConfiguration, type ProcessName, type ReadConfiguration } from './configuration';
import { eswResults } from './esw';
import { httpServerResults } from './http-server';
import { temporalResults } from './temporal';
import { upvestResults } from './upvest';
import { createUpvestProbe } from './upvest-probe';

export type { CheckResult } from './check';
export type { ProcessName } from './configuration';

export interface DoctorOptions {
  environment: Readonly<Record<string, string | undefined>>;
  /** Whose configuration is expected here. */
  processes: readonly ProcessName[];
  /** Our HTTP server; absent to leave it out. */
  api?: { url: string; token?: string };
  /** Where Upvest reaches the webhook; default: any address with the configured path. */
  webhookUrl?: string;
  /** Of each look, in milliseconds. */
  timeoutMs: number;
}

/** In the order of the areas; secrets of the configuration are in none of the details. */
export async function examineAll(options: DoctorOptions): Promise<CheckResult[]> {
  const { environment, processes, api, timeoutMs } = options;
  const read = readConfiguration(environment, processes);
  const groups = await Promise.all([
    ofTemporal(read, options),
    ofUpvest(read, options),
    ofEsw(read, options),
    api ? httpServerResults({ ...api, timeoutMs }) : [skipped('HTTP server', 'left out, by --direct')],
  ]);
  const hide = hiding(...secretsOf(read, api?.token));
  return [...read.results, ...groups.flat()].map((result) => ({ ...result, detail: hide(result.detail) }));
}

function skipped(area: Area, detail: string): CheckResult {
  return { area, name: 'all', ...notChecked(detail) };
}

async function ofTemporal(
  { common }: ReadConfiguration,
  { environment, timeoutMs }: DoctorOptions,
): Promise<CheckResult[]> {
  try {
    const { address = 'localhost:7233' } = resolveTarget({ environment }).connectionOptions;
    const client = connectClient({ environment });
    const queues = common && { orders: common.orderTaskQueue, broker: common.order.brokerTaskQueue };
    const results = temporalResults({ client, address, timeoutMs, ...(queues && { queues }) });
    return await results.finally(() => client.connection.close());
  } catch (error) {
    const remedy = 'Correct what TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE or TEMPORAL_TLS_* name.';
    return [{ area: 'Temporal', name: 'server', ...failed(reasonOf(error), remedy) }];
  }
}

async function ofUpvest(
  { common, server }: ReadConfiguration,
  { webhookUrl, timeoutMs }: DoctorOptions,
): Promise<CheckResult[]> {
  if (common === undefined) return [skipped('Upvest', 'the configuration cannot be used')];
  const probe = createUpvestProbe(common.upvest, timeoutMs);
  const webhookPath = server?.http.webhookPath;
  try {
    return await upvestResults({
      probe,
      timeoutMs,
      ...(webhookPath !== undefined && { webhookPath }),
      ...(webhookUrl !== undefined && { webhookUrl }),
    });
  } finally {
    await probe.close();
  }
}

async function ofEsw(
  { worker }: ReadConfiguration,
  { processes, timeoutMs }: DoctorOptions,
): Promise<CheckResult[]> {
  if (worker) return eswResults({ esw: worker.esw, tenantCode: worker.order.emission.tenantCode, timeoutMs });
  const why = processes.includes('worker')
    ? 'the configuration of the worker cannot be used'
    : 'only the worker talks to it';
  return [skipped('ESW', why)];
}

function secretsOf({ common, worker }: ReadConfiguration, token: string | undefined): string[] {
  return [common?.upvest.clientSecret, worker?.esw.clientSecret, token].filter((one) => one !== undefined);
}
