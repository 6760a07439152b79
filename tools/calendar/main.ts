/** `npm run calendar`: writes `src/domain/calendar/closed-days.ts` anew. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { renderCalendarData } from './closed-days';

// From `dist/tools/calendar`.
writeFileSync(resolve(__dirname, '../../../src/domain/calendar/closed-days.ts'), renderCalendarData());
