import type { NewEndpoint } from '@keepwell/api';

export type EventName = NonNullable<NewEndpoint['events']>[number];

/** Every event, by what it is of. A new one in the API fails the type check here until it is named. */
const NAMED: Readonly<Record<EventName, true>> = {
  'account.created': true,
  'account.updated': true,
  'account.deleted': true,
  'account.erased': true,
  'contact.created': true,
  'contact.updated': true,
  'contact.deleted': true,
  'plan.created': true,
  'plan.updated': true,
  'subscription.created': true,
  'subscription.updated': true,
  'subscription.deleted': true,
  'invoice.created': true,
  'invoice.updated': true,
  'charge.created': true,
  'charge.updated': true,
  'charges.failed': true,
  'refund.created': true,
  'payment_method.created': true,
  'payment_method.updated': true,
  'save_cases.opened': true,
  'save_cases.ended': true,
  'save_case.contacted': true,
  'save_case.contact_removed': true,
  'churn.broken': true,
  'churn.drifted': true,
  'import.undone': true,
  'churn.model_promoted': true,
  'webhook_endpoint.disabled': true,
};

export const EVENTS = Object.keys(NAMED) as EventName[];
