/** The document of the API as tests read it. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';

interface Media {
  schema: object;
  examples?: Record<string, { value: unknown }>;
}
export interface Response {
  $ref?: string;
  description?: string;
  content?: Record<string, Media>;
}
export interface OrderOperation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: object[];
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Response>;
}
export interface Document {
  openapi: string;
  paths: Record<string, Record<string, OrderOperation>>;
  components: { schemas: Record<string, object>; responses: Record<string, Response> };
  tags: { name: string }[];
}

export const operationsOf = (document: Document): [name: string, operation: OrderOperation][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, OrderOperation] => [
      `${method} ${path}`,
      operation,
    ]),
  );

/** The response itself, where the document refers to one. */
export function resolved(document: Document, response: Response): Response {
  return response.$ref === undefined
    ? response
    : (document.components.responses[response.$ref.split('/').at(-1) ?? ''] ?? {});
}

/** What a schema of the document says, with nothing beside what it names. */
export function validatorOf(document: Document, schema: object): ValidateFunction {
  return readerOf(document).compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"doc#/')) as object);
}

const readers = new WeakMap<Document, Ajv2020>();

function readerOf(document: Document): Ajv2020 {
  const known = readers.get(document);
  if (known !== undefined) return known;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(closed(document) as object, 'doc');
  readers.set(document, ajv);
  return ajv;
}

function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part).map(([name, value]) => [name, closed(value)] as const);
  const isObject = 'type' in part && part.type === 'object' && 'properties' in part;
  return Object.fromEntries(isObject ? [...entries, ['additionalProperties', false]] : entries);
}
