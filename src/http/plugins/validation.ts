/** Validates requests by the routes' zod schemas. Responses are not validated: their schemas only document them. */
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { read } from '../../app/schemas/input';
import { CallError } from '../../app/errors';

export function validateByZod(app: FastifyInstance): void {
  app.setValidatorCompiler<z.ZodType>(({ schema }) => (value) => {
    try {
      return { value: read(schema, value) };
    } catch (error) {
      if (error instanceof CallError) return { error };
      throw error;
    }
  });
  app.setSerializerCompiler(() => (body) => JSON.stringify(body));
}
