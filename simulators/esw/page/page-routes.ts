import type { FastifyInstance } from 'fastify';
import type { SimulatorState } from '../simulator-state';
import { pageHeaders } from './document';
import { eventPage, unknownEventPage } from './event-page';
import { overviewPage } from './overview';

/** The HTML pages: read-only, rendered on the server, without scripts. */
export function registerPageRoutes(app: FastifyInstance, state: SimulatorState): void {
  app.get('/', (_request, reply) => reply.headers(pageHeaders).send(overviewPage(state)));

  app.get<{ Params: { id: string } }>('/events/:id', (request, reply) => {
    const { id } = request.params;
    const [event] = state.ledger.list({ id });
    const page = event ? eventPage(event, state.ledger.receipts({ id })) : unknownEventPage();
    return reply
      .code(event ? 200 : 404)
      .headers(pageHeaders)
      .send(page);
  });
}
