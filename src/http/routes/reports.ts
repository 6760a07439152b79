/** API routes of reports and of the log of decisions. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { nextCursor, readCursor } from '../../app/cursor';
import { decisionCsv, settledCsv } from '../../app/csv';
import type { DecisionLog, Reports } from '../../app/ports/reports';
import { allDecisions, decisionPage as pageOf } from '../../app/reports';
import { decisionsQuery, settledQuery } from '../../app/schemas/report-queries';
import { present } from '../../lib/json';
import { csv, responseDocs } from '../openapi/responses';
import { decisionPage, settledReport } from '../openapi/schemas/reports';
import type { Guard } from '../plugins/auth';
import { sendCsv, wantsCsv } from '../plugins/csv';

export interface ReportRoutesOptions {
  guard: Guard;
  reports: Reports;
  decisions: DecisionLog;
}

const tags = ['reports'];

export function reportRoutes({ guard, reports, decisions }: ReportRoutesOptions): FastifyPluginCallbackZod {
  return (app, _options, done) => {
    const mayRead = { onRequest: guard.needs('read') };
    const settledSchema = {
      operationId: 'reportSettled',
      tags,
      summary: 'What was settled, by day and currency',
      description:
        'Orders that Upvest reported as SETTLED from the first day to the last one, both included; days are those of Europe/Berlin. Executions in another currency than their order’s count under theirs. As JSON, or with `Accept: text/csv` as CSV.',
      querystring: settledQuery,
      response: responseDocs({ 200: csv('One entry for each day and currency with orders', settledReport) }, [
        'INVALID_REQUEST',
        'RECORDS_UNAVAILABLE',
      ]),
    };
    app.get('/reports/settled', { ...mayRead, schema: settledSchema }, async (request, reply) => {
      const { from, to } = request.query;
      const days = await reports.settled({ from, to });
      if (!wantsCsv(request)) return { days };
      return sendCsv(reply, `settled-${from}-${to}`, settledCsv(days));
    });

    const decisionsSchema = {
      operationId: 'listDecisions',
      tags,
      summary: 'Decisions of operators',
      description:
        'Latest first: who decided what, when and why, as it is kept with the records. With `Accept: text/csv` all that match, without pages.',
      querystring: decisionsQuery,
      response: responseDocs({ 200: csv('A page, or all decisions as CSV', decisionPage) }, [
        'INVALID_REQUEST',
        'RECORDS_UNAVAILABLE',
      ]),
    };
    app.get('/decisions', { ...mayRead, schema: decisionsSchema }, async (request, reply) => {
      const { limit, cursor, ...given } = request.query;
      const filter = present(given);
      if (wantsCsv(request)) return sendCsv(reply, 'decisions', decisionCsv(allDecisions(decisions, filter)));
      const list = { list: 'decisions', ...given };
      const page = await pageOf(decisions, filter, { limit, ...readCursor(cursor, list) });
      return { decisions: page.decisions, ...nextCursor(page.next, list) };
    });
    done();
  };
}
