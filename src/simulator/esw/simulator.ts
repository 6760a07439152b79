import Fastify, { type FastifyInstance } from 'fastify';
import { createControl, type EswSimulatorControl } from './control';
import { registerControlRoutes } from './control-routes';
import { registerEventRoute } from './event-route';
import { answerOutage, formType, hasMediaType, jsonType, send } from './http-exchange';
import { registerPageRoutes } from './page/page-routes';
import { resolveOptions, type EswSimulatorOptions } from './options';
import { createState, type SimulatorState } from './simulator-state';
import { registerTokenRoute } from './token-route';
import { bodiless, internalError } from './wire-answer';

/** A running simulator. */
export interface EswSimulator {
  /** Base address without a slash at the end; tokens are at `/connect/token` below it. */
  readonly url: string;
  readonly control: EswSimulatorControl;
  /** Stops at once, open and hanging connections included. */
  close(): Promise<void>;
}

/** Methods of the paths that exist, for telling 405 from 404. */
const allowedMethods = new Map([
  ['/connect/token', 'POST'],
  ['/v1/Events/OrderEvent', 'POST'],
  ['/probe', 'GET'],
]);

/** Methods of the page, where there is one. */
const pageMethods = 'GET, HEAD';

/**
 * Starts a stand-in of the ESW Fulfillment API with its token service on one address.
 * @throws RangeError for options that could never work; the error of `listen` when the address is taken.
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

/** The service as ESW would serve it. */
function registerWireRoutes(app: FastifyInstance, state: SimulatorState): void {
  // Bodies stay unread here: the routes decide first whether they want them, whatever their content type.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => {
    done(null);
  });
  app.addHook('onRequest', (request, _reply, done) => {
    // Fastify would answer an unreadable content type by itself, before token and faults are looked at.
    if (!hasMediaType(request, jsonType) && !hasMediaType(request, formType))
      delete request.headers['content-type'];
    done();
  });
  app.setErrorHandler((_error, _request, reply) => send(reply, internalError()));
  registerTokenRoute(app, state);
  registerEventRoute(app, state);
  app.get(
    '/probe',
    (request, reply) => answerOutage(request, reply, state.outage, 'probe') ?? send(reply, bodiless(200)),
  );
}
