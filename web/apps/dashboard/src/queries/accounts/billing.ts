import {
  listCharges,
  listContacts,
  listInvoices,
  listPaymentMethods,
  send,
  type ChargeItem,
  type InvoiceItem,
} from '@keepwell/api';
import { queryOptions } from '@tanstack/react-query';

/** An account has few of these; what is beyond a page is in the API. */
const PAGE_SIZE = 50;

export function contactsQuery(id: string) {
  return queryOptions({
    queryKey: ['account', id, 'contacts'],
    queryFn: async ({ signal }) =>
      (await send(listContacts({ query: { account_id: id, limit: PAGE_SIZE } }), { signal })).items,
  });
}

export function paymentMethodsQuery(id: string) {
  return queryOptions({
    queryKey: ['account', id, 'payment-methods'],
    queryFn: async ({ signal }) =>
      (await send(listPaymentMethods({ query: { account_id: id, limit: PAGE_SIZE } }), { signal })).items,
  });
}

const WHOLE_PAGE = 200;

/** What says how much an account has paid. */
export interface Payments {
  readonly invoices: readonly InvoiceItem[];
  /** Those that succeeded and whose invoice is not on record, so that no invoice has their money. */
  readonly charges: readonly ChargeItem[];
}

/** All invoices of an account, and its charges without one: what it has paid so far is their sum. */
export function paymentsQuery(id: string) {
  return queryOptions({
    queryKey: ['account', id, 'payments'],
    queryFn: async ({ signal }): Promise<Payments> => {
      const query = { account_id: id, limit: WHOLE_PAGE };
      const [invoices, charges] = await Promise.all([
        everyPage((cursor) => send(listInvoices({ query: { ...query, cursor } }), { signal })),
        everyPage((cursor) =>
          send(listCharges({ query: { ...query, status: 'succeeded', cursor } }), { signal }),
        ),
      ]);
      return { invoices, charges: charges.filter(({ invoice_id: invoice }) => invoice === null) };
    },
  });
}

interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

async function everyPage<Item>(read: (cursor: string | null) => Promise<PageOf<Item>>): Promise<Item[]> {
  const all: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: PageOf<Item> = await read(cursor);
    all.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}
