/** The doctor and the whole product, which nobody else uses meanwhile. */
import { doctorSuite } from '../doctor/doctor.suite';
import { useStack } from '../support/stack';

doctorSuite(useStack());
