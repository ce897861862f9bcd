import type { AccountDetail, ContactItem } from '@keepwell/api';
import { Callout, formatCount, formatDay } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { texts } from '../texts';
import { websiteOf } from './facts/contact-ways';
import { subscriptionState } from './facts/subscription-state';

const words = texts.account;

export function Breadcrumb({ current }: { readonly current: string }) {
  return (
    <nav className="account-path" aria-label={words.path}>
      <Link to="/accounts">{words.accounts}</Link>
      <span aria-hidden="true">/</span>
      <span aria-current="page" className="cut">
        <bdi>{current}</bdi>
      </span>
    </nav>
  );
}

export interface AccountFactsProps {
  readonly account: AccountDetail;
  readonly contacts: readonly ContactItem[];
  readonly today: string;
}

/** The known facts about the account, in one line. */
export function AccountFacts({ account, contacts, today }: AccountFactsProps) {
  const website = websiteOf(contacts);
  const facts: readonly (readonly [id: string, fact: ReactNode])[] = [
    ['plan', planText(account, today)],
    ['industry', account.industry],
    ['country', account.country === null ? null : countryName(account.country)],
    ['since', sinceText(account)],
    ['website', website === null ? null : <WebsiteLink {...website} />],
  ];
  return (
    <span className="account-facts">
      {facts.flatMap(([id, fact]) => (fact === null ? [] : [<bdi key={id}>{fact}</bdi>]))}
    </span>
  );
}

function WebsiteLink({ href, host }: { readonly href: string; readonly host: string }) {
  return (
    <a className="inline-link" href={href} target="_blank" rel="noreferrer">
      {host}
    </a>
  );
}

function planText({ plan, subscriptions }: AccountDetail, today: string): string | null {
  if (plan === null) return null;
  const running = subscriptions.filter((one) => subscriptionState(one, today).isRunning);
  const seats = running.reduce((sum, one) => sum + one.seats, 0);
  if (seats === 0) return plan;
  return `${plan}, ${seats === 1 ? words.oneSeat : words.seats(formatCount(seats))}`;
}

function sinceText({ status, since, signed_up_on }: AccountDetail): string | null {
  if (since !== null && status !== 'prospect') return words.since(formatDay(since));
  return signed_up_on === null ? null : words.signedUp(formatDay(signed_up_on));
}

/** The country in the reader's language; anything but a country code is shown as it was imported. */
function countryName(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames(undefined, { type: 'region' }).of(code) ?? code;
}

/** What affects how everything below is to be read. */
export function AccountNotes({ account }: { readonly account: AccountDetail }) {
  const { erased_at, revenue_uncertain_since: uncertain, revenue_uncertain_because } = account;
  return (
    <>
      {erased_at === null ? null : (
        <Callout title={words.erasedTitle(formatDay(erased_at.slice(0, 10)))}>{words.erasedDetail}</Callout>
      )}
      {uncertain === null ? null : (
        <Callout tone="warning" title={words.uncertainTitle(formatDay(uncertain))}>
          {revenue_uncertain_because}
        </Callout>
      )}
    </>
  );
}
