/** Pictures at full size; test/picture/timeline-svg.test.ts has the small run. */
import { generatedPictures } from '../picture/generated-pictures';

generatedPictures({ children: [[500, 60, 400_000]], hostileRuns: 60, generatedRuns: 20 });
