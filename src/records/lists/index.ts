/** The ports of lists and reports over one database. */
import type { Kysely } from 'kysely';
import type { OrderIndex } from '../../app/ports/order-list';
import type { ReadOrderGauges } from '../../app/ports/order-gauges';
import type { ReadPartners } from '../../app/ports/partner-status';
import type { DecisionLog, Reports } from '../../app/ports/reports';
import { callRecords, type Ask } from '../availability';
import type { RecordsTables } from '../tables';
import { createDecisionLog } from './decision-log';
import { createOrderGauges } from './gauges';
import { createOrderIndex } from './order-index';
import { createPartnerStatus } from './partner-status';
import { createReports } from './settled-report';

export interface RecordLists {
  orders: OrderIndex;
  reports: Reports;
  decisions: DecisionLog;
  gauges: ReadOrderGauges;
  partners: ReadPartners;
}

export function createRecordLists(db: Kysely<RecordsTables>, ask: Ask = callRecords): RecordLists {
  return {
    orders: createOrderIndex(db, ask),
    reports: createReports(db, ask),
    decisions: createDecisionLog(db, ask),
    gauges: createOrderGauges(db, ask),
    partners: createPartnerStatus(db, ask),
  };
}
