import { sum, type SaveList, type SaveListEntry } from '@keepwell/api';
import {
  Facts,
  formatCount,
  formatDay,
  formatMoney,
  formatProbability,
  Money,
  MoneyFigure,
  Sheet,
  Skeleton,
  Table,
  type Column,
} from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { saveListQuery } from '../queries/save-list';
import { Loaded } from '../shell/Loaded';
import { texts } from '../texts';
import { AccountName } from './AccountName';
import { PolicyFact } from './PolicyFact';
import { RowsSection } from './RowsSection';

const FIRST = 8;
const words = texts.figures.risk;

/** What revenue at risk means, and the accounts that it is the sum of. */
export function RiskSheet({ onClose }: { readonly onClose: () => void }) {
  const query = useInfiniteQuery(saveListQuery());
  const list = query.data?.pages[0];
  const asOf = list?.as_of ?? null;
  return (
    <Sheet
      title={words.title}
      note={asOf === null ? undefined : words.asOf(formatDay(asOf))}
      closeLabel={texts.common.close}
      onClose={onClose}
    >
      <Loaded query={{ ...query, data: list }} loading={<Skeleton label={texts.figures.loading} lines={8} />}>
        {(found) => <RiskBody list={found} />}
      </Loaded>
    </Sheet>
  );
}

function RiskBody({ list }: { readonly list: SaveList }) {
  const { totals, currency, items } = list;
  const { voluntary_at_risk: voluntary, involuntary_at_risk: involuntary } = totals;
  const accounts = totals.voluntary + totals.involuntary;
  if (voluntary === null || involuntary === null) return <p>{texts.risk.noMoney}</p>;
  const atRisk = sum([voluntary, involuntary]);
  const kinds = words.byKind(formatMoney(voluntary, currency), formatMoney(involuntary, currency));
  const rows = items.slice(0, FIRST);
  return (
    <>
      <div>
        <p className="figures-value">
          <MoneyFigure amount={atRisk} currency={currency} />
        </p>
        <p className="figures-note">{kinds}</p>
      </div>
      <Facts
        facts={[
          [texts.figures.facts.means, words.means],
          [texts.figures.facts.policy, <PolicyFact key="policy" policy="default" />],
        ]}
      />
      <RowsSection
        query={{ data: rows, error: null, refetch: () => Promise.resolve() }}
        shown={[rows.length, accounts]}
        note={words.rows}
        foot={{
          all: <Link to="/save-list">{words.all(formatCount(accounts))}</Link>,
          sum: formatMoney(atRisk, currency),
        }}
      >
        {(shown) => (
          <Table
            label={texts.figures.rows}
            columns={columnsIn(currency)}
            rows={shown}
            rowKey={({ account_id: id }) => id}
            narrow="pinned"
            density="compact"
          />
        )}
      </RowsSection>
    </>
  );
}

function columnsIn(currency: string): readonly Column<SaveListEntry>[] {
  return [
    {
      id: 'account',
      header: texts.figures.columns.account,
      cell: ({ account_id: id, name }) => <AccountName id={id} name={name} />,
      rowHeader: true,
    },
    {
      id: 'chance',
      header: words.chance,
      align: 'end',
      cell: ({ probability }) => formatProbability(probability),
    },
    {
      id: 'risk',
      header: words.atRisk,
      align: 'end',
      cell: ({ revenue_at_risk: amount }) =>
        amount === null ? texts.common.unknown : <Money amount={amount} currency={currency} />,
    },
  ];
}
