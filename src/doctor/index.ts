/**
 * Checks everything that the coordinator needs, read-only, with a remedy for each problem. Checks whose prerequisites are
 * missing, such as Upvest without a configuration, are reported as not checked.
 */
import { createRedaction } from '../esw/redaction';
import { adminResult } from './admin';
import { connectClient, resolveTarget } from '../temporal/client';
import { failed, notChecked, reasonOf, type Area, type CheckResult } from './check';
import { readConfiguration, type ProcessName, type ReadConfiguration } from './configuration';
import { databaseResults } from './database';
import { eswResults } from './esw';
import { httpServerResults } from './http-server';
import { temporalResults } from './temporal';
import { upvestResults } from './upvest';
import { createUpvestProbe } from './upvest-probe';
import { webhookPathResult } from './webhook-path';

export type { CheckResult } from './check';
export type { ProcessName } from './configuration';

export interface DoctorOptions {
  environment: Readonly<Record<string, string | undefined>>;
  /** Processes whose configuration to check. */
  processes: readonly ProcessName[];
  /** Our HTTP server; absent to skip its checks. */
  api?: { url: string; token?: string };
  /** Public URL of the webhook. Default: any URL with the configured path. */
  webhookUrl?: string;
  /** Time limit of each check, in milliseconds. */
  timeoutMs: number;
}

/** Runs all checks. Results are in the order of the areas, with secrets redacted. */
export async function runChecks(options: DoctorOptions): Promise<CheckResult[]> {
  const { environment, processes, api, timeoutMs } = options;
  const read = readConfiguration(environment, processes);
  const groups = await Promise.all([
    ofTemporal(read, options),
    ofDatabase(read, options),
    ofUpvest(read, options),
    ofEsw(read, options),
    api ? httpServerResults({ ...api, timeoutMs }) : [skipped('HTTP server', 'skipped with --direct')],
    ofWebhookPath(read, options),
    ofReadiness(read, options),
  ]);
  const redact = createRedaction(...secretsOf(read, api?.token));
  return [...read.results, ...groups.flat()].map((result) => ({ ...result, detail: redact(result.detail) }));
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
    const queues = common && {
      orders: common.orderTaskQueue,
      broker: common.order.brokerTaskQueue,
      emission: common.order.emissionTaskQueue ?? common.orderTaskQueue,
    };
    const results = temporalResults({ client, address, timeoutMs, ...(queues && { queues }) });
    return await results.finally(() => client.connection.close());
  } catch (error) {
    const remedy =
      'Check the files and the profile named by TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE and TEMPORAL_TLS_*.';
    return [{ area: 'Temporal', name: 'server', ...failed(reasonOf(error), remedy) }];
  }
}

async function ofDatabase(
  { common }: ReadConfiguration,
  { timeoutMs }: DoctorOptions,
): Promise<CheckResult[]> {
  if (common === undefined) return [skipped('Database', 'the configuration is invalid')];
  return databaseResults(common.databaseUrl, timeoutMs);
}

async function ofUpvest(
  { common, server }: ReadConfiguration,
  { webhookUrl, timeoutMs }: DoctorOptions,
): Promise<CheckResult[]> {
  if (common === undefined) return [skipped('Upvest', 'the configuration is invalid')];
  const probe = createUpvestProbe(common.upvest, timeoutMs);
  const webhookPath = server?.http.webhookSignedPath ?? server?.http.webhookPath;
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

async function ofWebhookPath(
  { server }: ReadConfiguration,
  { api, webhookUrl, timeoutMs }: DoctorOptions,
): Promise<CheckResult[]> {
  if (api === undefined) return [];
  const signedPath = server?.http.webhookSignedPath ?? server?.http.webhookPath;
  const given = {
    ...(webhookUrl !== undefined && { webhookUrl }),
    ...(signedPath !== undefined && { signedPath }),
  };
  return [await webhookPathResult({ ...given, timeoutMs })];
}

/** The processes that are checked, as far as their configuration is valid. */
function ofReadiness(
  { worker, server }: ReadConfiguration,
  { timeoutMs }: DoctorOptions,
): Promise<CheckResult[]> {
  return Promise.all([
    ...(worker ? [adminResult('worker', worker.admin, timeoutMs)] : []),
    ...(server ? [adminResult('server', server.admin, timeoutMs)] : []),
  ]);
}

async function ofEsw(
  { worker }: ReadConfiguration,
  { processes, timeoutMs }: DoctorOptions,
): Promise<CheckResult[]> {
  if (worker) return eswResults({ esw: worker.esw, tenantCode: worker.order.emission.tenantCode, timeoutMs });
  const why = processes.includes('worker')
    ? 'the configuration of the worker is invalid'
    : 'only the worker calls ESW';
  return [skipped('ESW', why)];
}

function secretsOf({ common, worker }: ReadConfiguration, token: string | undefined): string[] {
  const password = common && decodeURIComponent(new URL(common.databaseUrl).password);
  return [common?.upvest.clientSecret, worker?.esw.clientSecret, password, token].filter(
    (one): one is string => one !== undefined && one !== '',
  );
}
