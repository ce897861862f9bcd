import type { AccountDetail, Timeline } from '@keepwell/api';

import { texts } from '../../texts';
import { CasePart } from './CasePart';
import { ContactPart } from './ContactPart';
import { SubscriptionsPart } from './SubscriptionsPart';
import { WhyPart } from './WhyPart';

export interface AccountRailProps {
  readonly account: AccountDetail;
  /** Undefined while they are loading. */
  readonly highlights: Timeline | undefined;
  readonly today: string;
}

/** Beside the history: why the account may leave, whom to ask, what is paid with, and for what. */
export function AccountRail({ account, highlights, today }: AccountRailProps) {
  return (
    <aside className="account-rail" aria-label={texts.account.rail}>
      <WhyPart account={account} />
      <CasePart account={account} />
      <ContactPart accountId={account.id} highlights={highlights} today={today} />
      <SubscriptionsPart account={account} today={today} />
    </aside>
  );
}
