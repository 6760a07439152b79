/** An ESW that stub activities hand their events to: the simulator's validation, ledger and audit, without HTTP. */
import type { EmissionResult } from '../../src/domain/order/emission';
import type { AuditFinding, EventCounts, EventFilter, EventReceipt, StoredEvent } from '../../simulators/esw';
import { EventLedger } from '../../simulators/esw/events/event-ledger';
import { parseJsonObject } from '../../simulators/esw/http/json-body';
import { OrderingAudit } from '../../simulators/esw/audit/ordering-audit';
import { validateOrderEvent } from '../../simulators/esw/events/validation';

interface Batch {
  events: readonly { id: string; body: string }[];
}

export interface EswLedger {
  /** Stores every event of a batch: the script of a healthy ESW. */
  accept: (batch: Batch) => EmissionResult[];
  /** Like {@link accept}, for one event. */
  take: (event: Batch['events'][number]) => EmissionResult;
  events(filter?: EventFilter): StoredEvent[];
  receipts(filter?: EventFilter): EventReceipt[];
  counts(): EventCounts;
  /** Events that a correct emitter would not have sent. */
  audit(): AuditFinding[];
}

export function eswLedger(): EswLedger {
  const audit = new OrderingAudit();
  const ledger = new EventLedger(audit, { now: Date.now, onAccepted: () => undefined });

  function take({ id, body: text }: Batch['events'][number]): EmissionResult {
    const bytes = Buffer.from(text);
    const validation = validateOrderEvent(parseJsonObject(bytes), 'strict');
    if ('errors' in validation)
      throw new Error(`ESW would reject ${id}: ${JSON.stringify(validation.errors)}`);
    const { value, body } = validation;
    ledger.submit({
      bytes,
      value,
      body,
      tokenTenant: 'PFOLIO',
      idempotencyKey: id,
      correlationId: undefined,
    });
    return { id, outcome: 'accepted' };
  }

  return {
    accept: ({ events }) => events.map(take),
    take,
    events: (filter) => ledger.list(filter),
    receipts: (filter) => ledger.receipts(filter),
    counts: () => ledger.counts(),
    audit: () => audit.list(),
  };
}
