/** The API route of the breaks that sweeps found. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { nextCursor, readCursor } from '../../app/cursor';
import { invalidCursor } from '../../app/errors';
import { UnreadablePosition } from '../../app/ports/order-list';
import type { BreakPage, BreakReport } from '../../app/ports/sweeps';
import { breakQuery } from '../../app/schemas/break-queries';
import { allBreaks, breakCsv } from '../../app/sweep/csv';
import { present } from '../../lib/json';
import { csv, responseDocs } from '../openapi/responses';
import { breakPage } from '../openapi/schemas/breaks';
import type { Guard } from '../plugins/auth';
import { sendCsv, wantsCsv } from '../plugins/csv';

export interface BreakRouteOptions {
  guard: Guard;
  breaks: BreakReport;
}

export function breakRoute({ guard, breaks }: BreakRouteOptions): FastifyPluginCallbackZod {
  return (app, _options, done) => {
    const schema = {
      operationId: 'reportBreaks',
      tags: ['reports'],
      summary: 'Differences that sweeps found',
      description:
        'What differed between Upvest, this coordinator and ESW when a sweep compared them twice: latest first. With `Accept: text/csv` all that match, without pages.',
      querystring: breakQuery,
      response: responseDocs({ 200: csv('A page, or all breaks as CSV', breakPage) }, [
        'INVALID_REQUEST',
        'RECORDS_UNAVAILABLE',
      ]),
    };
    app.get('/reports/breaks', { onRequest: guard.needs('read'), schema }, async (request, reply) => {
      const { limit, cursor, ...given } = request.query;
      const filter = present(given);
      if (wantsCsv(request)) return sendCsv(reply, 'breaks', breakCsv(allBreaks(breaks, filter)));
      const list = { list: 'breaks', ...given };
      const page = await pageOf(breaks, filter, { limit, ...readCursor(cursor, list) });
      return { breaks: page.breaks, ...nextCursor(page.next, list) };
    });
    done();
  };
}

async function pageOf(report: BreakReport, ...asked: Parameters<BreakReport['page']>): Promise<BreakPage> {
  try {
    return await report.page(...asked);
  } catch (error) {
    throw error instanceof UnreadablePosition ? invalidCursor() : error;
  }
}
