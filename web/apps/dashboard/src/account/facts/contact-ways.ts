import type { ContactItem } from '@keepwell/api';

/** Contacts with those that invoices go to first. */
export function inOrder(contacts: readonly ContactItem[]): readonly ContactItem[] {
  return [...contacts].sort((a, b) => Number(b.is_billing) - Number(a.is_billing));
}

export interface Ways {
  readonly phone: ContactItem | undefined;
  readonly email: ContactItem | undefined;
}

/** Whom to call and whom to mail: the first who has a number, and the first whose address takes mail. */
export function waysOf(contacts: readonly ContactItem[]): Ways {
  const ordered = inOrder(contacts);
  return {
    phone: ordered.find(({ phone }) => phone !== null),
    email: ordered.find(({ email, is_undeliverable }) => email !== null && !is_undeliverable),
  };
}

// Not the `-` or `n/a` of a table, which is stored as `https://-`.
const HAS_HOST = /^https?:\/\/(?:[^/?#]*[.:]|localhost)/i;

/** The own website of an account, that of its billing or its oldest contact, if it is one: any other scheme is text that somebody imported. */
export function websiteOf(contacts: readonly ContactItem[]): { href: string; host: string } | null {
  const byAge = [...contacts].sort((a, b) => (a.id < b.id ? -1 : 1));
  const href = inOrder(byAge).find(({ website }) => HAS_HOST.test(website ?? ''))?.website ?? null;
  if (href === null || !URL.canParse(href)) return null;
  return { href, host: new URL(href).host };
}
