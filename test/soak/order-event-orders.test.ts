/** 140 generated orders; test/domain/order-event/generated-orders.test.ts is the small run. */
import { orderEventInvariants } from '../domain/order-event/generated-orders';

orderEventInvariants(1);
