import type { ContactItem } from '@keepwell/api';
import { formatDay } from '@keepwell/ui';

import { callHref, mailHref } from '../../risk/next-step';
import { texts } from '../../texts';
import { CopyButton } from './CopyButton';

const { contact: words } = texts.account;

/** A person to ask: the ways to reach them as links, each with a button that copies it. */
export function Person({ contact }: { readonly contact: ContactItem }) {
  const { name, email, phone, is_billing, is_undeliverable, unsubscribed_at } = contact;
  return (
    <>
      <dt>{is_billing ? words.billing : words.person}</dt>
      <dd>
        <bdi>{name ?? words.nameless}</bdi>
        {email === null ? null : <WayLine href={mailHref(email)} text={email} what={words.email} />}
        {phone === null ? null : <WayLine href={callHref(phone)} text={phone} what={words.phone} />}
        {is_undeliverable ? <span className="rail-sub bad">{words.undeliverable}</span> : null}
        {unsubscribed_at === null ? null : (
          <span className="rail-sub">{words.unsubscribed(formatDay(unsubscribed_at.slice(0, 10)))}</span>
        )}
      </dd>
    </>
  );
}

interface WayLineProps {
  readonly href: string;
  readonly text: string;
  readonly what: string;
}

function WayLine({ href, text, what }: WayLineProps) {
  return (
    <span className="rail-way">
      <a href={href}>
        <bdi>{text}</bdi>
      </a>
      <CopyButton text={text} what={what} />
    </span>
  );
}
