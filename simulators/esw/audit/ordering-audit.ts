import { findingOf, type AuditedEvent, type AuditFinding, type Violation } from './audit-findings';
import { GroupSequence } from './group-sequence';
import { ReferenceSequence } from './reference-sequence';

/** Limit of stored findings, so that a faulty emitter does not exhaust the memory. */
const maxFindings = 1000;

/** Collects violations of ordering rules. Ignores replays, except in flight. */
export class OrderingAudit {
  private readonly references = new ReferenceSequence();
  private readonly groups = new GroupSequence();
  private findings: AuditFinding[] = [];

  /** Checks a newly stored event. */
  observe(event: AuditedEvent): void {
    this.report(event, [...this.references.observe(event), ...this.groups.observe(event)]);
  }

  /** Reports a known id with a different body; `earlier` is the stored event. */
  conflict(event: AuditedEvent, earlier: Violation['earlier']): void {
    const detail = 'The id was already accepted with a different body.';
    this.report(event, [{ code: 'conflicting-body', earlier, detail }]);
  }

  /** Adds findings for the violations of an event. */
  report(event: AuditedEvent, violations: readonly Violation[]): void {
    if (violations.length === 0) return;
    const found = violations.map((violation) => findingOf(event, violation));
    this.findings = [...this.findings, ...found].slice(-maxFindings);
  }

  /** The newest findings, oldest first. */
  list(): AuditFinding[] {
    return structuredClone(this.findings);
  }

  clear(): void {
    this.references.clear();
    this.groups.clear();
    this.findings = [];
  }
}
