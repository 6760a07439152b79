/** What the coordinator did, in few lines. */
import { appendAudit, type AuditEntry } from '../../../src/domain/order-state/audit-log';
import { frozen } from '../samples';

const NEWS = { rule: 'deadline:new', text: 'nothing new' } as const;
const add = (
  auditLog: AuditEntry[],
  now: number,
  entry: Parameters<typeof appendAudit>[2] = NEWS,
): AuditEntry[] => frozen(appendAudit(frozen(auditLog), now, entry));
const iso = (now: number): string => new Date(now).toISOString();

test('the same thing in a row is one line, counted, with its first and its last time', () => {
  let auditLog: AuditEntry[] = [];
  for (let n = 0; n < 1000; n += 1) auditLog = add(auditLog, n);
  expect(auditLog).toEqual([{ at: iso(0), ...NEWS, times: 1000, lastAt: iso(999) }]);
});

test('once is not counted', () => {
  expect(add([], 5)).toStrictEqual([{ at: iso(5), ...NEWS }]);
});

test.each([
  ['another rule', { ...NEWS, rule: 'deadline:parts' as const }],
  ['another text', { ...NEWS, text: 'something new' }],
  ['an entry of an actor', { ...NEWS, actor: 'ada', reason: 'why' }],
])('%s is another line, and the first thing after it a third one', (_what, other) => {
  const auditLog = add(add(add([], 0), 1, other), 2);
  expect(auditLog).toEqual([
    { at: iso(0), ...NEWS },
    { at: iso(1), ...other },
    { at: iso(2), ...NEWS },
  ]);
});

test('two people who say the same are two lines', () => {
  const auditLog = add(add([], 0, { ...NEWS, actor: 'ada', reason: 'why' }), 1, {
    ...NEWS,
    actor: 'bob',
    reason: 'why',
  });
  expect(auditLog.map(({ actor }) => actor)).toEqual(['ada', 'bob']);
});

test('500 lines are kept, the newest ones', () => {
  let auditLog: AuditEntry[] = [];
  for (let n = 0; n < 1200; n += 1) auditLog = add(auditLog, n, { ...NEWS, text: String(n) });
  expect(auditLog).toHaveLength(500);
  expect(auditLog[0]?.text).toBe('700');
  expect(auditLog.at(-1)?.text).toBe('1199');
});
