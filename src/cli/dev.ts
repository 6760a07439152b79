/**
 * `npm start`: the whole product on one machine. Starts a Temporal server with its Web UI, simulated Upvest and ESW, the
 * worker and the HTTP server, places an order and shows its life, or shows every attention that the product knows.
 */
import { SCENE_SERVER, SCENE_STACK } from '../../demo/scene';
import { demoCommand, type DemoOptions } from './dev-options';
import { sampleStack, showSampleOrder } from './dev-order';
import { showScene } from './dev-scene';
import type { Stack } from './dev-stack';
import { startWholeStack, type WholeStack } from './whole-stack';
import { stopSignal } from '../process';
import { createLogger } from '../logger';
import { installRuntime } from '../telemetry';
import type { DevServer } from '../temporal/dev-server';
import { freePortNear } from '../temporal/free-port';

const UI_PORT = 8233;
const out = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(options: DemoOptions, isPortGiven: boolean): Promise<void> {
  const { once = false, scene = false, port, verbose = false } = options;
  // What a scene does to its orders is an error to the processes, and the table says so already.
  const quiet = scene ? 'fatal' : 'error';
  const logger = createLogger('demo', verbose ? 'info' : quiet);
  installRuntime(logger);
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace = 'default' } = process.env;
  const interrupted = stopSignal();
  let whole: WholeStack | undefined;
  try {
    whole = await startWholeStack({
      server: {
        log: out,
        ui: await freePortNear(UI_PORT),
        ...(address ? { given: { address, namespace } } : {}),
        ...(scene ? SCENE_SERVER : {}),
      },
      logger,
      httpPort: isPortGiven ? port : await freePortNear(port),
      ...(scene ? SCENE_STACK : sampleStack(options)),
    });
    const { stack, temporal } = whole;
    out(`Upvest:   simulated at ${stack.upvest.url}`);
    out(`ESW:      simulated at ${stack.esw.url}`);
    out(`API:      ${stack.url}\n`);

    const terminal = { out, interrupted };
    const shown = await (scene ? showScene(stack, terminal) : showSampleOrder(stack, options, terminal));
    if (shown === undefined) return;
    process.exitCode = shown.asExpected ? 0 : 1;
    if (once) return;

    for (const line of addresses(stack, temporal, shown.portfolioOrderId)) out(line);
    out('Stays up until Ctrl-C.');
    await interrupted;
    process.exitCode = 0;
  } finally {
    out('Stopping …');
    await whole?.stop();
  }
}

/** Where to look, and what to put into another terminal. */
function addresses(
  { url, esw, tokens }: Stack,
  { uiUrl, namespace }: DevServer,
  portfolioOrderId: string | undefined,
): string[] {
  const workflow = portfolioOrderId === undefined ? '' : `/portfolio-order%2F${portfolioOrderId}`;
  return [
    `Operators' page:  ${url}/  (asks for a token: ${tokens.operate})`,
    `API by example:   ${url}/docs`,
    `What ESW has:     ${esw.url}/`,
    ...(uiUrl === undefined
      ? []
      : [`Temporal Web UI:  ${uiUrl}/namespaces/${namespace}/workflows${workflow}`]),
    '',
    'In another terminal, as the README goes on:',
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
