import type { SaveListEntry } from '@keepwell/api';

/** What to do next about an account, by the ways to reach it that are on record. */
export type NextStep =
  | { readonly kind: 'call'; readonly href: string }
  | { readonly kind: 'mail'; readonly href: string }
  | { readonly kind: 'findContact' };

/** A call is best where somebody may leave by choice; about a payment a mail says more. */
export function nextStep({ contact, kind }: Pick<SaveListEntry, 'contact' | 'kind'>): NextStep {
  const call = callOf(contact?.phone ?? null);
  const mail = mailOf(contact?.email ?? null);
  const [first, second] = kind === 'voluntary' ? [call, mail] : [mail, call];
  return first ?? second ?? { kind: 'findContact' };
}

function callOf(phone: string | null): NextStep | null {
  return phone === null ? null : { kind: 'call', href: callHref(phone) };
}

function mailOf(email: string | null): NextStep | null {
  return email === null ? null : { kind: 'mail', href: mailHref(email) };
}

export function callHref(phone: string): string {
  return `tel:${phone.replace(/[^\d+*#]/g, '')}`;
}

export function mailHref(email: string): string {
  return `mailto:${encodeURIComponent(email)}`;
}
