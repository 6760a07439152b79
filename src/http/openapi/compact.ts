/** Shortens the generated document without changing its meaning. */
import { own } from '../../domain/values/own';

/** The parts of an OpenAPI document that are changed here. */
interface Document {
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, unknown>; responses?: Record<string, unknown> };
}
interface Operation {
  responses?: Record<string, Response>;
}
interface Response {
  content?: Record<string, { examples?: object }>;
}

export function compacted<D extends object>(document: D): D {
  return withSharedProblems(withoutUnused(document)) as D;
}

/** Drops unused schemas: the registry of named schemas is shared by the whole process. */
function withoutUnused(document: Document): Document {
  const schemas = document.components?.schemas ?? {};
  const used = new Set<string>();
  const visit = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      visit(own(schemas, name));
    }
  };
  visit(document.paths ?? {});
  const kept = Object.entries(schemas)
    .filter(([name]) => used.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(kept) } };
}

/** Moves problem responses, which many calls share, into components named by their codes. */
function withSharedProblems(document: Document): Document {
  const responses: Record<string, Response> = {};
  const shared = (response: Response): object => {
    const examples = response.content?.['application/problem+json']?.examples;
    if (examples === undefined) return response;
    const name = Object.keys(examples).join('.');
    responses[name] = response;
    return { $ref: `#/components/responses/${name}` };
  };
  const operations = (methods: Record<string, Operation>) =>
    mapped(methods, (operation) => ({ ...operation, responses: mapped(operation.responses ?? {}, shared) }));
  return {
    ...document,
    paths: mapped(document.paths ?? {}, operations),
    components: { ...document.components, responses },
  };
}

function mapped<A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
