import type { AuditFinding } from '../audit-findings';
import type { EventCounts, Rejection, StoredEvent } from '../event-records';
import type { SimulatorState } from '../simulator-state';
import { eventLink, htmlDocument, scrollingTable, time } from './document';
import { countFamilies, familiesOf, type Family, type ReferenceEvents } from './families';
import { markup, shorten, type Markup } from './markup';

/** What the page shows at most, the newest of each. */
const shownFamilies = 200;
const shownEvents = 5000;
const shownFindings = 50;
const shownRefusals = 50;

/** The page at `/`: what is wrong, how much there was, and every portfolio order with what was received of it. */
export function overviewPage({ ledger, audit, settings }: SimulatorState): string {
  return htmlDocument(
    'ESW simulator',
    markup`<h1>ESW simulator: order events received</h1>
      <p>
        Tenant ${settings.tenantCode}, ${settings.mode} mode, as of
        ${time(new Date(settings.now()).toISOString())}.
      </p>
      ${findingsSection(audit.list())} ${refusalsSection(ledger.rejected())} ${countsSection(ledger.counts())}
      ${ordersSection(ledger.stored())}`,
  );
}

function findingsSection(findings: readonly AuditFinding[]): Markup {
  const rows = findings
    .slice(-shownFindings)
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
  return troubleSection('Findings of the audit', findings.length, shownFindings, [
    ['Received', 'Code', 'Event', 'Reference', 'Earlier event', 'What is wrong'],
    rows,
  ]);
}

function refusalsSection(refusals: readonly Rejection[]): Markup {
  const rows = refusals
    .slice(-shownRefusals)
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
  return troubleSection('Refused requests', refusals.length, shownRefusals, [
    ['Received', 'Status', 'Event', 'Reference', 'Reasons'],
    rows,
  ]);
}

function reasons(errors: Rejection['errors']): string {
  return Object.entries(errors)
    .map(([path, sentences]) => `${path}: ${sentences.join(' ')}`)
    .join(' ');
}

/** Something that should be empty: a count that is seen at once, and the newest rows. */
function troubleSection(
  heading: string,
  count: number,
  shown: number,
  [columns, rows]: [columns: string[], rows: Markup[]],
): Markup {
  if (count === 0) return markup`<section><h2>${heading}: none</h2></section>`;
  return markup`<section>
    <h2 class="alarm">${heading}: ${count}</h2>
    ${count > shown ? markup`<p class="note">The newest ${shown} of ${count} are shown.</p>` : undefined}
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
    ['conflicting', 'known id, another body'],
    ['rejected', 'refused'],
    ['dropped', 'handled, but the answer was swallowed'],
    ['faulted', 'failed by a fault or an outage'],
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
  const known = countFamilies(events);
  const families = familiesOf(events.slice(-shownEvents)).slice(0, shownFamilies);
  const notes = [
    families.length < known ? `The newest ${families.length} of ${known} orders are shown. ` : '',
    events.length > shownEvents
      ? `Of ${events.length} events, the newest ${shownEvents} were looked at: the oldest orders shown may lack some.`
      : '',
  ];
  return markup`<section>
    <h2>Orders: ${known}</h2>
    ${notes.some((note) => note !== '') ? markup`<p class="note">${notes}</p>` : undefined}
    ${families.map(familySection)}
  </section>`;
}

function familySection({ reference, tenantCode, members }: Family): Markup {
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
