/** Lists and reports on PGlite. */
import { useRecords } from '../support/records';
import { describeOrderList } from './order-list.suite';
import { describeReports } from './reports.suite';

describeOrderList(useRecords());
describeReports(useRecords());
