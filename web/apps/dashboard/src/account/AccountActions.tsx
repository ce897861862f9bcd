import type { AccountDetail, ContactItem } from '@keepwell/api';
import { Icon, type IconName } from '@keepwell/ui';

import { callHref, mailHref } from '../risk/next-step';
import { texts } from '../texts';
import { waysOf } from './facts/contact-ways';

const words = texts.account;

export interface AccountActionsProps {
  readonly account: Pick<AccountDetail, 'name' | 'risk'>;
  readonly contacts: readonly ContactItem[];
}

interface Way {
  readonly id: 'call' | 'mail';
  readonly icon: IconName;
  readonly href: string;
  readonly label: string;
  readonly detail: string;
}

/** The ways to reach the account that are on record; the one that is best for what is wrong stands out. */
export function AccountActions({ account, contacts }: AccountActionsProps) {
  const ways = inOrderFor(account, waysIn(contacts));
  return ways.map(({ id, icon, href, label, detail }, index) => (
    <a
      key={id}
      className={index === ways.length - 1 ? 'button button-primary' : 'button button-secondary'}
      href={href}
      aria-label={label}
      title={detail}
    >
      <Icon name={icon} />
      {words.steps[id]}
    </a>
  ));
}

function waysIn(contacts: readonly ContactItem[]): readonly Way[] {
  const { phone, email } = waysOf(contacts);
  const call = phone?.phone ?? null;
  const mail = email?.email ?? null;
  const found: Way[] = [];
  if (call !== null) {
    const label = words.call(phone?.name ?? call);
    found.push({ id: 'call', icon: 'phone', href: callHref(call), label, detail: call });
  }
  if (mail !== null) {
    const label = words.mail(email?.name ?? mail);
    found.push({ id: 'mail', icon: 'mail', href: mailHref(mail), label, detail: mail });
  }
  return found;
}

/** About a payment a mail says more, else a call is best; the best comes last, at the edge. */
function inOrderFor({ risk }: AccountActionsProps['account'], ways: readonly Way[]): readonly Way[] {
  return risk?.kind === 'involuntary' ? ways : ways.toReversed();
}
