import { findingOf, type AuditedEvent, type AuditFinding, type Verdict } from './audit-findings';
import { FamilyOrder } from './family-order';
import { ReferenceOrder } from './reference-order';

/** Only the newest findings are kept, so that a stuck emitter does not fill the memory. */
const keptFindings = 1000;

/** Collects what a correct emitter would not have done. Replays are not shown to it, but for those in flight. */
export class OrderingAudit {
  private readonly references = new ReferenceOrder();
  private readonly families = new FamilyOrder();
  private findings: AuditFinding[] = [];

  /** Notes one newly stored event. */
  observe(event: AuditedEvent): void {
    this.report(event, [...this.references.observe(event), ...this.families.observe(event)]);
  }

  /** Notes a known id with a different body; `earlier` is the event as it was stored. */
  conflict(event: AuditedEvent, earlier: Verdict['earlier']): void {
    const detail = 'The id was accepted before with a different body.';
    this.report(event, [{ code: 'conflicting-body', earlier, detail }]);
  }

  /** Notes what was found out elsewhere about an event. */
  report(event: AuditedEvent, verdicts: readonly Verdict[]): void {
    if (verdicts.length === 0) return;
    const found = verdicts.map((verdict) => findingOf(event, verdict));
    this.findings = [...this.findings, ...found].slice(-keptFindings);
  }

  /** The newest findings, oldest first. */
  list(): AuditFinding[] {
    return structuredClone(this.findings);
  }

  clear(): void {
    this.references.clear();
    this.families.clear();
    this.findings = [];
  }
}
