import { createHash } from 'node:crypto';
import { markup, Markup, shorten } from './markup';

const style = `
:root { color-scheme: light dark; --text: #1b1b1b; --muted: #555; --ground: #fff; --line: #8a8a8a; --head: #ececec;
  --link: #0b4fb3; --alert: #a10000; }
@media (prefers-color-scheme: dark) {
  :root { --text: #ececec; --muted: #b5b5b5; --ground: #141414; --line: #777; --head: #2a2a2a; --link: #8fbcff;
    --alert: #ff9c91; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 90rem; color: var(--text); background: var(--ground);
  font: 1rem/1.5 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin-top: 2rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.alert { color: var(--alert); font-weight: 600; }
.note { color: var(--muted); }
.scroll { overflow-x: auto; margin: 0.5rem 0 1rem; }
table { border-collapse: collapse; min-width: 56rem; }
table.small { min-width: 0; }
caption { text-align: start; color: var(--muted); }
th, td { border: 1px solid var(--line); padding: 0.25rem 0.5rem; text-align: start; vertical-align: top;
  overflow-wrap: break-word; }
thead th, tbody th[scope="rowgroup"] { background: var(--head); }
th[scope="row"] { font-weight: 400; }
thead th, th time, td time, td a { white-space: nowrap; }
code, pre { font: 0.9em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; border: 1px solid var(--line); padding: 0.75rem; }
`;

/**
 * Headers of every page. The policy allows only the inline style sheet, by its hash, as a second line of defence behind
 * the escaping; `data:` is for the empty icon, which avoids a request.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Renders a complete page; `main` starts with its `h1`. */
export function htmlDocument(title: string, main: Markup): string {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style>${new Markup(style)}</style>
      </head>
      <body>
        <main>${main}</main>
      </body>
    </html> `.text;
}

/** A table that scrolls sideways on narrow screens, also by keyboard; `label` is for screen readers. */
export function scrollingTable(label: string, columns: readonly string[], bodies: Markup): Markup {
  return markup`<div class="scroll" role="region" aria-label="${label}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${columns.map((name) => markup`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      ${bodies}
    </table>
  </div>`;
}

/** An ISO 8601 time, shown as received. */
export function time(text: string): Markup {
  return markup`<time datetime="${text}">${text}</time>`;
}

/**
 * Link to the page of one event, if the id is a GUID. A rejected or conflicting request may have an id of any length
 * that does not fit into a URL.
 */
export function eventLink(id: string | undefined): Markup {
  if (id === undefined) return markup`none`;
  const text = markup`<code>${shorten(id)}</code>`;
  return /^[\da-f-]{36}$/i.test(id) ? markup`<a href="/events/${id}">${text}</a>` : text;
}
