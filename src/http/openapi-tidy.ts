/** Makes the generated document shorter, without changing what it says. */

/** What is looked at here of an OpenAPI document. */
interface Document {
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, unknown>; responses?: Record<string, unknown> };
}
interface Operation {
  responses?: Record<string, Answer>;
}
interface Answer {
  content?: Record<string, { examples?: object }>;
}

export function tidied<D extends object>(document: D): D {
  return withSharedProblems(withoutUnused(document)) as D;
}

/** Schemas are kept by name in one register for the whole process, other documents' included. */
function withoutUnused(document: Document): Document {
  const schemas = document.components?.schemas ?? {};
  const used = new Set<string>();
  const visit = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      visit(schemas[name]);
    }
  };
  visit(document.paths ?? {});
  const kept = Object.entries(schemas)
    .filter(([name]) => used.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(kept) } };
}

/** The same problems are answered by many calls: they stand once, under their codes. */
function withSharedProblems(document: Document): Document {
  const responses: Record<string, Answer> = {};
  const shared = (answer: Answer): object => {
    const examples = answer.content?.['application/problem+json']?.examples;
    if (examples === undefined) return answer;
    const name = Object.keys(examples).join('.');
    responses[name] = answer;
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
