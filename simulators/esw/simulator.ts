import Fastify, { type FastifyInstance } from 'fastify';
import { createControl, type EswSimulatorControl } from './control';
import { registerControlRoutes } from './http/control-routes';
import { registerEventRoute } from './http/event-route';
import { respondToOutage, formType, hasMediaType, jsonType, send } from './http/http-exchange';
import { registerPageRoutes } from './page/page-routes';
import { resolveOptions, type EswSimulatorOptions } from './options';
import { createState, type SimulatorState } from './simulator-state';
import { registerTokenRoute } from './http/token-route';
import { bodiless, internalError } from './http/wire-response';

/** A running simulator. */
export interface EswSimulator {
  /** Base URL without a trailing slash; the token endpoint is `/connect/token` below it. */
  readonly url: string;
  readonly control: EswSimulatorControl;
  /** Stops immediately and closes all connections. */
  close(): Promise<void>;
}

/** Allowed method per path, to distinguish 405 from 404. */
const allowedMethods = new Map([
  ['/connect/token', 'POST'],
  ['/v1/Events/OrderEvent', 'POST'],
  ['/probe', 'GET'],
]);

/** Allowed methods of the page, if enabled. */
const pageMethods = 'GET, HEAD';

/**
 * Starts a simulator of the ESW Fulfillment API and its token service on one address.
 * @throws RangeError for invalid options; the error of `listen` if the address is in use.
 */
export async function startEswSimulator(options: EswSimulatorOptions): Promise<EswSimulator> {
  const settings = resolveOptions(options);
  const state = createState(settings);
  const control = createControl(state);
  const app = Fastify({ forceCloseConnections: true });
  await app.register((wire, _options, done) => {
    registerWireRoutes(wire, state);
    done();
  });
  if (settings.controlPlane) {
    await app.register((plane, _options, done) => {
      registerControlRoutes(plane, control);
      done();
    });
  }
  if (settings.page) {
    await app.register((page, _options, done) => {
      registerPageRoutes(page, state);
      done();
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const allow = settings.page && path === '/' ? pageMethods : allowedMethods.get(path);
    return send(reply, allow === undefined ? bodiless(404) : bodiless(405, { allow }));
  });
  const url = await app.listen({ host: settings.host, port: settings.port });
  return { url, control, close: () => app.close() };
}

/** Registers the endpoints that ESW has. */
function registerWireRoutes(app: FastifyInstance, state: SimulatorState): void {
  // Bodies stay unread here, whatever their content type: the routes decide first whether to read them.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => {
    done(null);
  });
  app.addHook('onRequest', (request, _reply, done) => {
    // Fastify would reject an unsupported content type itself, before the token and faults are checked.
    if (!hasMediaType(request, jsonType) && !hasMediaType(request, formType))
      delete request.headers['content-type'];
    done();
  });
  app.setErrorHandler((_error, _request, reply) => send(reply, internalError()));
  registerTokenRoute(app, state);
  registerEventRoute(app, state);
  app.get(
    '/probe',
    (request, reply) => respondToOutage(request, reply, state.outage, 'probe') ?? send(reply, bodiless(200)),
  );
}
