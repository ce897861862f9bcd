import type { AccountDetail } from '@keepwell/api';
import { formatDay, Tag, type TagTone } from '@keepwell/ui';

import { texts } from '../texts';
import { subscriptionState } from './facts/subscription-state';

const words = texts.account;

interface Mark {
  readonly label: string;
  readonly tone: TagTone;
}

export interface AccountTagsProps {
  readonly account: AccountDetail;
  readonly today: string;
}

/** How the account stands: the worst that is known of it. */
export function AccountTags({ account, today }: AccountTagsProps) {
  return marksOf(account, today).map(({ label, tone }) => (
    <Tag key={label} tone={tone}>
      {label}
    </Tag>
  ));
}

function marksOf(account: AccountDetail, today: string): readonly Mark[] {
  const marks: Mark[] = [standing(account, today)];
  if (account.risk?.is_held === true) marks.push({ label: words.leftAlone, tone: 'neutral' });
  if (account.erased_at !== null) marks.push({ label: words.erased, tone: 'neutral' });
  return marks;
}

function standing(account: AccountDetail, today: string): Mark {
  const { status, churned_on, risk } = account;
  if (status === 'churned' && churned_on !== null) {
    return { label: words.churnedOn(formatDay(churned_on)), tone: 'neutral' };
  }
  if (status !== 'active') return { label: words.statuses[status], tone: 'neutral' };
  if (risk?.kind === 'involuntary') return { label: words.paymentFailed, tone: 'negative' };
  const leaves = lastDay(account, today);
  if (leaves !== null) return { label: words.leaves(formatDay(leaves)), tone: 'warning' };
  return { label: words.statuses.active, tone: 'positive' };
}

/** The first day without service, if everything that runs has been cancelled. */
function lastDay({ subscriptions }: AccountDetail, today: string): string | null {
  const running = subscriptions.filter((one) => subscriptionState(one, today).isRunning);
  const ends = running.map(({ cancelled_on, ends_on }) => (cancelled_on === null ? null : ends_on));
  return ends.reduce(
    (last, end) => (last === null || end === null ? null : end > last ? end : last),
    ends[0] ?? null,
  );
}
