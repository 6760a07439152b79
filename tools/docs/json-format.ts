/** JSON as the formatter lays it out, so that generated files pass its check: what fits on a line stays on one. */

const LINE_WIDTH = 110;

export function formatJson(value: unknown, indent = '', used = 0): string {
  const flat = onOneLine(value);
  if (!isBroken(value) && indent.length + used + flat.length <= LINE_WIDTH) return flat;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => `${inner}${formatJson(item, inner, 1)}`);
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return flat;
  const members = Object.entries(value).map(([name, member]) => {
    const key = `${JSON.stringify(name)}: `;
    return `${inner}${key}${formatJson(member, inner, key.length + 1)}`;
  });
  return `{\n${members.join(',\n')}\n${indent}}`;
}

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${onOneLine(member)}`,
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** True for a list of several objects, which gets a line for each, and for everything around one. */
function isBroken(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const inner: unknown[] = Object.values(value);
  const isListOfObjects =
    Array.isArray(value) &&
    value.length > 1 &&
    inner.every((item) => typeof item === 'object' && item !== null && Object.keys(item).length > 1);
  return isListOfObjects || inner.some(isBroken);
}
