import type { AuditFinding } from '../audit/audit-findings';
import type { EventCounts, Rejection, StoredEvent } from '../events/event-records';
import type { SimulatorState } from '../simulator-state';
import { eventLink, htmlDocument, scrollingTable, time } from './document';
import {
  countPortfolioOrders,
  groupByPortfolioOrder,
  type OrderGroup,
  type ReferenceEvents,
} from './order-groups';
import { markup, shorten, type Markup } from './markup';

/** Limits of the page; it shows the newest of each. */
const maxOrders = 200;
const maxEvents = 5000;
const maxFindings = 50;
const maxRejections = 50;

/** The page at `/`: audit findings, rejections, counts, and the events of each portfolio order. */
export function overviewPage({ ledger, audit, settings }: SimulatorState): string {
  return htmlDocument(
    'ESW simulator',
    markup`<h1>ESW simulator: order events received</h1>
      <p>
        Tenant ${settings.tenantCode}, ${settings.mode} mode, as of
        ${time(new Date(settings.now()).toISOString())}.
      </p>
      ${findingsSection(audit.list())} ${rejectionsSection(ledger.rejected())} ${countsSection(ledger.counts())}
      ${ordersSection(ledger.stored())}`,
  );
}

function findingsSection(findings: readonly AuditFinding[]): Markup {
  const rows = findings
    .slice(-maxFindings)
    .reverse()
    .map(
      (one) =>
        markup`<tr>
          <th scope="row">${time(one.receivedAt)}</th>
          <td>${one.code}</td>
          <td>${eventLink(one.id)}</td>
          <td>${shorten(one.reference ?? 'none')}</td>
          <td>${one.earlierId === undefined ? undefined : eventLink(one.earlierId)}</td>
          <td>${shorten(one.detail, 400)}</td>
        </tr> `,
    );
  return problemSection('Findings of the audit', findings.length, maxFindings, [
    ['Received', 'Code', 'Event', 'Reference', 'Earlier event', 'Detail'],
    rows,
  ]);
}

function rejectionsSection(rejections: readonly Rejection[]): Markup {
  const rows = rejections
    .slice(-maxRejections)
    .reverse()
    .map(
      ({ receivedAt, status, id, reference, errors }) =>
        markup`<tr>
          <th scope="row">${time(receivedAt)}</th>
          <td>${status}</td>
          <td><code>${shorten(id ?? 'none')}</code></td>
          <td>${shorten(reference ?? 'none')}</td>
          <td>${shorten(reasons(errors), 400)}</td>
        </tr> `,
    );
  return problemSection('Rejected requests', rejections.length, maxRejections, [
    ['Received', 'Status', 'Event', 'Reference', 'Reasons'],
    rows,
  ]);
}

function reasons(errors: Rejection['errors']): string {
  return Object.entries(errors)
    .map(([path, sentences]) => `${path}: ${sentences.join(' ')}`)
    .join(' ');
}

/** Section for problems: a highlighted count and the newest rows. */
function problemSection(
  heading: string,
  count: number,
  shown: number,
  [columns, rows]: [columns: string[], rows: Markup[]],
): Markup {
  if (count === 0) return markup`<section><h2>${heading}: none</h2></section>`;
  return markup`<section>
    <h2 class="alert">${heading}: ${count}</h2>
    ${count > shown ? markup`<p class="note">Showing the newest ${shown} of ${count}.</p>` : undefined}
    ${scrollingTable(
      heading,
      columns,
      markup`<tbody>
        ${rows}
      </tbody>`,
    )}
  </section>`;
}

function countsSection(counts: EventCounts): Markup {
  const meanings: [keyof EventCounts, string][] = [
    ['accepted', 'stored for the first time'],
    ['replayed', 'known id, same body'],
    ['conflicting', 'known id, different body'],
    ['rejected', 'invalid or not authorised'],
    ['dropped', 'handled, but no response sent'],
    ['faulted', 'failed by an injected fault or outage'],
  ];
  const rows = meanings.map(
    ([name, meaning]) =>
      markup`<tr>
        <th scope="row">${name}: ${meaning}</th>
        <td>${counts[name]}</td>
      </tr> `,
  );
  return markup`<section>
    <h2>Counts</h2>
    <table class="small">
      <thead>
        <tr>
          <th scope="col">Requests</th>
          <th scope="col">Number</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </section>`;
}

function ordersSection(events: readonly StoredEvent[]): Markup {
  const total = countPortfolioOrders(events);
  const groups = groupByPortfolioOrder(events.slice(-maxEvents)).slice(0, maxOrders);
  const notes = [
    groups.length < total ? `Showing the newest ${groups.length} of ${total} orders. ` : '',
    events.length > maxEvents
      ? `Only the newest ${maxEvents} of ${events.length} events are included; the oldest orders shown may be incomplete.`
      : '',
  ];
  return markup`<section>
    <h2>Orders: ${total}</h2>
    ${notes.some((note) => note !== '') ? markup`<p class="note">${notes}</p>` : undefined}
    ${groups.map(groupSection)}
  </section>`;
}

function groupSection({ reference, tenantCode, members }: OrderGroup): Markup {
  const name = reference === undefined ? 'Events without a reference' : shorten(reference);
  const columns = ['Received', 'Created', 'Status', 'Transaction', 'Event', 'Times received'];
  return markup`<section>
    <h3>${name}</h3>
    ${scrollingTable(`Events of ${name}, tenant ${tenantCode}`, columns, markup`${members.map(memberRows)}`)}
  </section> `;
}

function memberRows({ reference, isChild, events }: ReferenceEvents): Markup {
  const name = `${isChild ? 'Child' : 'Portfolio order'} ${shorten(reference ?? 'without a reference')}`;
  return markup`<tbody>
    <tr>
      <th scope="rowgroup" colspan="6">${name}</th>
    </tr>
    ${events.map(eventRow)}
  </tbody> `;
}

function eventRow({ receivedAt, body, received }: StoredEvent): Markup {
  return markup`<tr>
    <th scope="row">${time(receivedAt)}</th>
    <td>${body.creationDateTime === undefined ? 'none' : time(body.creationDateTime)}</td>
    <td>${shorten(body.status ?? 'none')}</td>
    <td>${shorten(body.lastTransaction?.type ?? 'none')}</td>
    <td>${eventLink(body.id)}</td>
    <td>${received}</td>
  </tr> `;
}
