import type { AccountTotals } from '@keepwell/api';
import { formatCount, Icon, Money } from '@keepwell/ui';

import { useMay } from '../shell/session';
import { texts } from '../texts';
import { exportAddress, type AccountsSearch } from './search';

export interface AccountsBarProps {
  readonly totals: AccountTotals | undefined;
  readonly search: AccountsSearch;
}

/** How many accounts the filters find, their MRR, and the export of exactly these. */
export function AccountsBar({ totals, search }: AccountsBarProps) {
  const mayExport = useMay('export');
  return (
    <div className="accounts-bar">
      <p className="accounts-totals" role="status">
        {totals === undefined ? (
          texts.accounts.counting
        ) : (
          <>
            <strong>{texts.accounts.accounts(totals.accounts, formatCount(totals.accounts))}</strong>
            <span>{texts.accounts.paying(formatCount(totals.paying))}</span>
            <span>
              <Money amount={totals.mrr} currency={totals.currency} /> {texts.accounts.mrr}
            </span>
          </>
        )}
      </p>
      {mayExport ? (
        <a className="button button-quiet button-small not-phone" href={exportAddress(search)} download>
          <Icon name="download" />
          {texts.accounts.export}
        </a>
      ) : null}
    </div>
  );
}
