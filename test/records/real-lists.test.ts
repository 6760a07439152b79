/** Lists and reports on a real PostgreSQL, as production has one. */
import { lackOfPostgres, startRealDatabase } from '../support/real-postgresql';
import { useRecords } from '../support/records';
import { describeOrderList } from './order-list.suite';
import { describeReports } from './reports.suite';

const lack = lackOfPostgres();
if (lack === undefined) {
  describeOrderList(useRecords(startRealDatabase));
  describeReports(useRecords(startRealDatabase));
} else {
  it.skip(lack, () => undefined);
}
