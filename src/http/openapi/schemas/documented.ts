/**
 * Response schemas document responses and do not filter them. The compiler checks that each schema covers the type that the
 * route returns.
 */
import { z } from 'zod';

/** Paths of the members of `Answer`, at any depth, that `Documented` lacks. */
type Missing<Answer, Documented, Path extends string = ''> = Answer extends readonly (infer Item)[]
  ? Missing<Item, ItemOf<Documented>, `${Path}[]`>
  : Answer extends object
    ? {
        [K in keyof Answer & string]-?: [Member<Documented, K>] extends [never]
          ? `${Path}.${K}`
          : Missing<NonNullable<Answer[K]>, NonNullable<Member<Documented, K>>, `${Path}.${K}`>;
      }[keyof Answer & string]
    : never;

type ItemOf<T> = T extends readonly (infer Item)[] ? Item : never;
type Member<T, K> = T extends unknown ? (K extends keyof T ? T[K] : never) : never;

/** `unknown` when the schema accepts every `Answer` and lists each of its members. */
type Documents<Answer, S extends z.ZodType> = [Answer] extends [z.output<S>]
  ? [Missing<Answer, z.output<S>>] extends [never]
    ? unknown
    : { undocumented: Missing<Answer, z.output<S>> }
  : { notAsDocumented: Answer };

/** Schema of a response: `responseOf<PortfolioOrderView>()(z.object({ … }))` compiles only if nothing is missing. */
export function responseOf<Answer>(): <S extends z.ZodType>(schema: S & Documents<Answer, S>) => S {
  return (schema) => schema;
}

/** ISO 8601 UTC. */
export const time = z.string().meta({ format: 'date-time', examples: ['2026-03-02T09:30:00.000Z'] });
export const decimal = z.string().meta({ description: 'Decimal string', examples: ['1000.00'] });
export const id = z.string().meta({ examples: ['4d3e91c2-0b8f-4a0e-9f43-5c4f3a7e2b10'] });
export const count = z.int().min(0);
