/**
 * `npm start`: the whole product on one machine. Starts a Temporal server with its Web UI, simulated Upvest and ESW, the
 * worker and the HTTP server. Then places an order and follows it, or raises every kind of attention.
 */
import { SCENE_SERVER, SCENE_STACK } from './scene/scene';
import { demoDatabase } from './database';
import { demoCommand, type DemoOptions } from './options';
import { sampleStack, showSampleOrder } from './first-order';
import { showScene } from './scene/show-scene';
import type { Stack } from './stack';
import { startWholeStack, type WholeStack } from './full-stack';
import { startAdmin, type Admin } from '../src/admin/server';
import { ADMIN_PORTS } from '../src/config/admin';
import { stopSignal } from '../src/lib/process';
import { createLogger } from '../src/lib/logger';
import { createMetrics } from '../src/telemetry/metrics';
import { readSdkMetrics, sdkMetricsAddress } from '../src/telemetry/sdk-metrics';
import { installRuntime } from '../src/temporal/sdk-logs';
import type { DevServer } from '../tools/temporal-server/dev-server';
import { freePortNear } from '../src/lib/free-port';

const UI_PORT = 8233;
const out = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(options: DemoOptions, isPortGiven: boolean): Promise<void> {
  const { once = false, scene = false, port, fresh = false, verbose = false } = options;
  // A scene causes errors on purpose, and its table reports them.
  const quiet = scene ? 'fatal' : 'error';
  const logger = createLogger('demo', verbose ? 'info' : quiet);
  const sdkMetrics = await sdkMetricsAddress();
  installRuntime(logger, sdkMetrics);
  const metrics = createMetrics({ processName: 'demo', hasDefaults: true });
  metrics.add(() => readSdkMetrics(sdkMetrics));
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace = 'default' } = process.env;
  const database = demoDatabase(process.env, fresh);
  const interrupted = stopSignal();
  let whole: WholeStack | undefined;
  let admin: Admin | undefined;
  try {
    whole = await startWholeStack({
      server: {
        log: out,
        ui: await freePortNear(UI_PORT),
        ...(address ? { given: { address, namespace } } : {}),
        ...(scene ? SCENE_SERVER : {}),
      },
      database,
      logger,
      metrics,
      httpPort: isPortGiven ? port : await freePortNear(port),
      ...(scene ? SCENE_STACK : sampleStack(options)),
    });
    const { stack, temporal } = whole;
    const adminAddress = { host: '127.0.0.1', port: await freePortNear(ADMIN_PORTS.server) };
    admin = await startAdmin(adminAddress, {
      processName: 'demo',
      logger,
      ready: () => stack.ready(),
      metrics: () => metrics.expose(),
    });
    out(`Upvest:   simulated at ${stack.upvest.url}`);
    out(`ESW:      simulated at ${stack.esw.url}`);
    out(`API:      ${stack.url}\n`);

    const terminal = { out, interrupted };
    const shown = await (scene ? showScene(stack, terminal) : showSampleOrder(stack, options, terminal));
    if (shown === undefined) return;
    process.exitCode = shown.asExpected ? 0 : 1;
    if (once) return;

    for (const line of addresses(stack, temporal, admin, shown.portfolioOrderId)) out(line);
    out('Running. Press Ctrl-C to stop.');
    await interrupted;
    process.exitCode = 0;
  } finally {
    out('Stopping …');
    await admin?.stop();
    await whole?.stop();
  }
}

/** URLs, and environment variables for another terminal. */
function addresses(
  { url, esw, tokens }: Stack,
  { uiUrl, namespace }: DevServer,
  admin: Admin,
  portfolioOrderId: string | undefined,
): string[] {
  const workflow = portfolioOrderId === undefined ? '' : `/portfolio-order%2F${portfolioOrderId}`;
  return [
    `Operators' page:  ${url}/  (token: ${tokens.operate})`,
    `API docs:         ${url}/docs`,
    `ESW simulator:    ${esw.url}/`,
    `Metrics:          ${admin.url}/metrics`,
    ...(uiUrl === undefined
      ? []
      : [`Temporal Web UI:  ${uiUrl}/namespaces/${namespace}/workflows${workflow}`]),
    '',
    'For the next steps of the README, in another terminal:',
    `export PORTFOLIO_ORDERS_URL=${url} PORTFOLIO_ORDERS_TOKEN=${tokens.submit} OPERATOR=${tokens.operate}`,
    '',
  ];
}

const command = demoCommand().parse();
main(command.opts<DemoOptions>(), command.getOptionValueSource('port') !== 'default').catch(
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  },
);
