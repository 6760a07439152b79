/** Decisions about parked events, in the chain. */
import type { Kysely } from 'kysely';
import type { ParkedDecision, ParkedDecisions } from '../../../contracts/parked-event';
import type { ParkedDecisionLog } from '../../app/ports/parked-decisions';
import type { Ask } from '../availability';
import type { RecordsTables } from '../tables';
import { appendToChain, type NewDecisionRow } from './append';
import { decisionRow, newDecisions } from './decisions';

export function createParkedDecisionLog(db: Kysely<RecordsTables>, ask: Ask): ParkedDecisionLog {
  return {
    add: ({ subject, event, decisions }) =>
      ask(() =>
        db.transaction().execute(async (transaction) => {
          const rows = decisions.map((decision) => rowOf(subject, event, decision));
          await appendToChain(transaction, await newDecisions(transaction, rows));
        }),
      ),
  };
}

/** The key tells two decisions of the same moment apart; the outcome of an attempt is evidence. */
function rowOf(
  subject: string,
  event: ParkedDecisions['event'],
  { operation, actor, reason, key, decidedAt, outcome }: ParkedDecision,
): NewDecisionRow {
  return decisionRow({
    ...{ subject, actor, reason, decidedAt },
    rule: `parked:${operation}`,
    facts: { key },
    evidence: { event, outcome },
  });
}
