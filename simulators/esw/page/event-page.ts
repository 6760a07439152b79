import type { EventReceipt, StoredEvent } from '../events/event-records';
import { parseExactJson, stringifyExactJson } from '../http/exact-json';
import { htmlDocument, scrollingTable, time } from './document';
import { markup, shorten, type Markup } from './markup';

/** The page at `/events/{id}`: the formatted body of one event and its arrivals. */
export function eventPage(event: StoredEvent, receipts: readonly EventReceipt[]): string {
  const { body, tenantCode, rawBody, received, idempotencyKey, correlationId } = event;
  const { id = 'none', brandOrderReference, parentBrandOrderReference } = body;
  const facts: [string, string | undefined][] = [
    ['Tenant', tenantCode],
    ['Reference', brandOrderReference],
    ['Parent reference', parentBrandOrderReference],
    ['Idempotency-Key', idempotencyKey],
    ['X-Correlation-ID', correlationId],
    ['Times received', String(received)],
  ];
  return htmlDocument(
    `Event ${id}`,
    markup`<p><a href="/">All orders</a></p>
      <h1>Event <code>${id}</code></h1>
      <table class="small">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          ${facts.map(factRow)}
        </tbody>
      </table>
      <section>
        <h2>Body</h2>
        <pre>${stringifyExactJson(parseExactJson(rawBody), 2)}</pre>
      </section>
      <section>
        <h2>Arrivals</h2>
        ${receipts.length < received ? markup`<p class="note">Showing the newest ${receipts.length} of ${received}.</p>` : undefined}
        ${scrollingTable(
          'Arrivals',
          ['Received', 'Outcome', 'Bytes', 'SHA-256'],
          markup`<tbody>
            ${receipts.map(receiptRow)}
          </tbody>`,
        )}
      </section>`,
  );
}

/** The page for an id without an accepted event. */
export function unknownEventPage(): string {
  return htmlDocument(
    'Event not found',
    markup`<h1>Event not found</h1>
      <p>No event with this id was accepted. <a href="/">All orders</a></p>`,
  );
}

function factRow([name, value]: [string, string | undefined]): Markup {
  return markup`<tr>
    <th scope="row">${name}</th>
    <td>${shorten(value ?? 'none', 400)}</td>
  </tr> `;
}

function receiptRow({ receivedAt, outcome, bytes, sha256 }: EventReceipt): Markup {
  return markup`<tr>
    <th scope="row">${time(receivedAt)}</th>
    <td>${outcome}</td>
    <td>${bytes.length}</td>
    <td><code>${sha256}</code></td>
  </tr> `;
}
