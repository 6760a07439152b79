/**
 * The body of `POST /v1/Events/OrderEvent` as ESW publishes it (references/esw.md#members): every member with its type.
 * As at ESW, nothing is required and unknown members are ignored; `outgoing-schema.ts` has our stricter rules. Names in
 * `meta` are those of ESW's classes, and of `docs/order-event.schema.json`.
 */
import { z } from 'zod';
import { country, currency, guid, int64, utcTime } from './values';

const text = z.string();
const flag = z.boolean();
/** A JSON number, although ESW's other services use decimal strings here. */
const decimal = z.number();

const currencies = z.object({ name: text, value: currency }).partial().meta({ id: 'Currency' });

const fxRate = z
  .object({
    name: text,
    fromCurrency: currency,
    toCurrency: currency,
    rawRate: decimal,
    margin: decimal,
    marginRate: decimal,
    rawSynchronizationId: guid,
    brandSynchronizationId: text,
  })
  .partial()
  .meta({ id: 'FxRate' });

const retailerInvoice = z.object({ number: text, date: utcTime }).partial().meta({ id: 'RetailerInvoice' });

const aggregateId = z.object({ name: text, value: text }).partial().meta({ id: 'AggregateId' });

const shopperExperience = z
  .object({
    cultureLanguage: text,
    customerNumber: text,
    carrierCustomerNumber: text,
    emailMarketingOptIn: flag,
  })
  .partial()
  .meta({ id: 'ShopperExperience' });

const metadataItem = z.object({ name: text, value: text }).partial().meta({ id: 'MetadataItem' });
const metadataItems = z.array(metadataItem);

const namedDate = z.object({ name: text, value: utcTime }).partial().meta({ id: 'NamedDate' });

const deliveryOption = z
  .object({ code: text, vatRate: decimal, type: text })
  .partial()
  .meta({ id: 'DeliveryOption' });

const address = z
  .object({
    id: guid,
    type: text,
    firstName: text,
    lastName: text,
    address1: text,
    city: text,
    postalCode: text,
    region: text,
    country,
    email: text,
    telephone: text,
    emailMarketingOptIn: flag,
  })
  .partial()
  .meta({ id: 'Address' });

const value = z.object({ currency, amount: decimal }).partial().meta({ id: 'Value' });
const charge = z.object({ name: text, value }).partial().meta({ id: 'Charge' });
const namedCharges = z
  .object({ type: text, charges: z.array(charge) })
  .partial()
  .meta({ id: 'NamedCharges' });
const orderCharge = z
  .object({ chargesInCurrency: z.array(namedCharges) })
  .partial()
  .meta({ id: 'OrderCharge' });
const orderBalances = z
  .object({ balancesInCurrency: z.array(namedCharges) })
  .partial()
  .meta({ id: 'OrderBalances' });

const splitPayment = z
  .object({
    id: guid,
    pspReference: guid,
    // ESW names these differently than in a payment: `paymentAttemptReference` and `method`.
    attemptRef: guid,
    paymentMethod: text,
    last4Digits: text,
    preAuthorized: flag,
    settled: flag,
    chargesInCurrency: z.array(namedCharges),
  })
  .partial()
  .meta({ id: 'SplitPayment' });

const payment = z
  .object({
    id: guid,
    paymentAttemptReference: guid,
    method: text,
    paymentBrand: text,
    last4Digits: text,
    preAuthorized: flag,
    settled: flag,
    paymentTime: utcTime,
    isOverCounterMethod: flag,
    splitPayments: z.array(splitPayment),
  })
  .partial()
  .meta({ id: 'Payment' });

const lineItem = z
  .object({
    id: guid,
    lineItemId: text,
    retailerLineItemId: text,
    quantity: z.int(),
    metadataItems,
    // ESW does not document its content.
    product: z.looseObject({}),
  })
  .partial()
  .meta({ id: 'LineItem' });

const comment = z
  .object({ id: guid, actionType: text, text, creationDateTime: utcTime })
  .partial()
  .meta({ id: 'Comment' });

const baseTransaction = z
  .object({ id: guid, type: text, status: text })
  .partial()
  .meta({ id: 'BaseTransaction' });

/** ESW calls this a subset: it has unpublished members. */
const financialTransaction = baseTransaction
  .extend({ paymentId: guid.optional() })
  .meta({ id: 'FinancialTransaction' });

const orderTransaction = z
  .object({
    ...baseTransaction.shape,
    transactionReference: guid,
    retailerTransactionDateTime: utcTime,
    actionedBy: text,
    actionedByUser: text,
    reason: text,
    metadataItems,
  })
  .partial()
  .meta({ id: 'OrderTransaction' });

const instruction = z
  .object({ monolithOrderArticleId: int64, preship: flag })
  .partial()
  .meta({ id: 'Instruction' });
const instructionsHeader = z
  .object({ id: guid, instructionCategory: text, instructions: z.array(instruction) })
  .partial()
  .meta({ id: 'InstructionsHeader' });

export const wireOrderEventSchema = z
  .object({
    id: guid,
    monolithId: int64,
    orderType: text,
    brandOrderReference: text,
    parentBrandOrderReference: text,
    eswOrderReference: text,
    tenantCode: text,
    orderConfirmed: flag,
    status: text,
    deliveryCountryIso: country,
    currencies: z.array(currencies),
    fxRates: z.array(fxRate),
    creationDateTime: utcTime,
    lastUpdateDateTime: utcTime,
    lastUpdateUser: text,
    retailerInvoice,
    aggregateIds: z.array(aggregateId),
    shopperExperience,
    metadataItems,
    dates: z.array(namedDate),
    deliveryOption,
    payment,
    addresses: z.array(address),
    lineItems: z.array(lineItem),
    orderCharges: orderCharge,
    retailerOrderCharges: orderCharge,
    otherOrderCharges: orderCharge,
    balances: orderBalances,
    comments: z.array(comment),
    financialTransactions: z.array(financialTransaction),
    lastTransaction: baseTransaction,
    orderTransactions: z.array(orderTransaction),
    instructionsHeaders: z.array(instructionsHeader),
    holdStatus: text,
    allocationStatus: text,
    cartValueType: text,
    channelId: text,
  })
  .partial();
/** The parsed body, without unknown members and with 64-bit integers as bigints. */
export type WireOrderEvent = z.output<typeof wireOrderEventSchema>;
