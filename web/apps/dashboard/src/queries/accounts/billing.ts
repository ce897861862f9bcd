import { listContacts, listInvoices, listPaymentMethods, send, type InvoiceItem } from '@keepwell/api';
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

const INVOICES_PAGE = 200;

/** All invoices of an account: what it has paid so far is their sum. */
export function invoicesQuery(id: string) {
  return queryOptions({
    queryKey: ['account', id, 'invoices'],
    queryFn: async ({ signal }) => {
      const invoices: InvoiceItem[] = [];
      let cursor: string | null = null;
      do {
        const query = { account_id: id, limit: INVOICES_PAGE, cursor };
        const page: Awaited<ReturnType<typeof readPage>> = await readPage(query, signal);
        invoices.push(...page.items);
        cursor = page.next;
      } while (cursor !== null);
      return invoices;
    },
  });
}

function readPage(query: { account_id: string; limit: number; cursor: string | null }, signal: AbortSignal) {
  return send(listInvoices({ query }), { signal });
}
