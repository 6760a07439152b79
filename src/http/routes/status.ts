/** Whether the partners answer, and how many orders wait for them. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ClockState, PartnerState, ReadPartners, Status } from '../../app/ports/partner-status';
import { json, responseDocs } from '../openapi/responses';
import { count, responseOf, time } from '../openapi/schemas/documented';
import type { Guard } from '../plugins/auth';

const partner = responseOf<PartnerState>()(
  z.discriminatedUnion('state', [
    z.object({ state: z.literal('ok') }),
    z.object({
      state: z.literal('failing'),
      since: time.meta({ description: 'Beginning of the oldest trouble of an open order' }),
      lastError: z.string().meta({ description: 'Cause of the newest one' }),
      ordersWaiting: count,
    }),
  ]),
).meta({ id: 'PartnerState' });

const status = responseOf<Status>()(
  z.object({
    esw: partner,
    upvest: partner,
    clock: z
      .object({
        aheadSeconds: z.number().meta({ description: "How far it is ahead of Upvest's; negative: behind" }),
        isOff: z.boolean().meta({ description: 'True if signatures may be rejected for it' }),
      })
      .optional()
      .meta({ description: 'The clock of this server, by the last answer of Upvest' }),
  }),
).meta({ id: 'Status' });

export interface StatusRouteOptions {
  guard: Guard;
  partners: ReadPartners;
  /** Undefined until Upvest has answered. */
  clock: () => ClockState | undefined;
}

export function statusRoute({ guard, partners, clock }: StatusRouteOptions): FastifyPluginCallbackZod {
  return (app, _options, done) => {
    const schema = {
      operationId: 'readStatus',
      tags: ['server'],
      summary: 'Status of the partners and of the clock',
      description:
        'Of each partner: ok, or failing since when, the last error, and how many open orders wait for it. From the records database, which is at most some seconds behind the orders.',
      response: responseDocs({ 200: json('Both partners, and the clock', status) }, ['RECORDS_UNAVAILABLE']),
    };
    app.get('/status', { onRequest: guard.needs('read'), schema }, async () => {
      const skew = clock();
      return { ...(await partners()), ...(skew && { clock: skew }) };
    });
    done();
  };
}
