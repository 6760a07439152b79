/** Describes the caller's token, so that the page can offer the permitted actions. */
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ROLES, rolesOf, type Role } from '../../app/roles';
import { responseDocs, json } from '../openapi/responses';
import type { Guard } from '../plugins/auth';
import { OPERATION_NAMES } from './operations';
import { PARKED_EVENT_ACTIONS } from './parked-events';

const MAY: Record<Role, readonly string[]> = {
  read: [],
  submit: ['place', 'cancel'],
  operate: [...OPERATION_NAMES, ...PARKED_EVENT_ACTIONS],
};

const whoami = z
  .object({
    name: z.string().meta({ examples: ['ops-desk'] }),
    role: z.enum(ROLES).meta({ description: 'The first of `roles`' }),
    roles: z.array(z.enum(ROLES)).meta({ examples: [['operate']] }),
    may: z.array(z.string()).meta({
      description: 'With the role `submit` alone, `cancel` is for the orders that this token placed',
      examples: [['read', 'cancel', 'reconcile']],
    }),
    proxy: z.object({ address: z.string(), trusted: z.boolean() }).optional().meta({
      description:
        'The proxy that forwarded this request. `HTTP_TRUSTED_PROXIES` names those that are trusted.',
    }),
  })
  .meta({ id: 'WhoAmI' });

export function whoamiRoute(guard: Guard): FastifyPluginCallbackZod {
  return (app, _options, done) => {
    const schema = {
      operationId: 'whoAmI',
      tags: ['server'],
      summary: 'Current token and its permissions',
      response: responseDocs({ 200: json('Name, roles and permitted actions', whoami) }, []),
    };
    app.get('/whoami', { onRequest: guard.needs('read'), schema }, (request) => {
      const proxy = proxyOf(request);
      const caller = guard.callerOf(request);
      const roles = [...rolesOf(caller)];
      const [role = 'read'] = roles;
      const may = [...new Set(['read', ...roles.flatMap((one) => MAY[one])])];
      return { name: caller.name, role, roles, may, ...(proxy && { proxy }) };
    });
    done();
  };
}

/** Fastify lists more than one address only where it trusts the connection's. */
function proxyOf({
  headers,
  ips = [],
  raw,
}: FastifyRequest): { address: string; trusted: boolean } | undefined {
  if (headers['x-forwarded-for'] === undefined) return undefined;
  return { address: raw.socket.remoteAddress ?? '', trusted: ips.length > 1 };
}
