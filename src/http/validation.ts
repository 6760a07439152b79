/** Requests are read by the zod schemas of their routes; answers are written as they are, whatever documents them. */
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { read } from './input';
import { HttpProblem } from './problem';

export function validateByZod(app: FastifyInstance): void {
  app.setValidatorCompiler<z.ZodType>(({ schema }) => (value) => {
    try {
      return { value: read(schema, value) };
    } catch (error) {
      if (error instanceof HttpProblem) return { error };
      throw error;
    }
  });
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
}
