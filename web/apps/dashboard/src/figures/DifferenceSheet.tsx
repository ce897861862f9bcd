import { subtract, sign, negate, type Difference, type DifferencesReport } from '@keepwell/api';
import {
  Facts,
  formatCount,
  formatDay,
  formatMoney,
  formatMoneyChange,
  Money,
  Section,
  Sheet,
  Skeleton,
  Table,
  type Column,
} from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { differencesQuery } from '../queries/revenue/metrics';
import { Loaded } from '../shell/Loaded';
import { texts } from '../texts';
import { AccountName } from './AccountName';
import type { FigureRef } from './ref';
import { useDays, type PageFigures } from './use-period';

export interface DifferenceSheetProps {
  readonly figure: FigureRef;
  readonly page: PageFigures;
  readonly onClose: () => void;
}

/** Why Stripe's policy has another figure than the page's: the rule, both figures, and the movements that differ. */
export function DifferenceSheet({ figure, page, onClose }: DifferenceSheetProps) {
  const { days } = useDays(figure, page);
  const other = page.policy === 'stripe' ? 'default' : 'stripe';
  const query = useQuery(differencesQuery({ ...days, other, policy: page.policy }));
  const words = texts.figures.difference;
  const title = other === 'stripe' ? words.title : words.titleOfOther(texts.figures.policies[other].title);
  return (
    <Sheet
      title={title}
      note={texts.figures.on(formatDay(days.to))}
      closeLabel={texts.common.close}
      onClose={onClose}
    >
      <Loaded query={query} loading={<Skeleton label={texts.figures.loading} lines={8} />}>
        {(report) => (
          <>
            <Both report={report} />
            <Rows report={report} />
          </>
        )}
      </Loaded>
    </Sheet>
  );
}

function Both({ report }: { readonly report: DifferencesReport }) {
  const { policy, other, policy_mrr: own, other_mrr: others, currency, reasons } = report;
  const difference = subtract(others, own);
  const size = sign(difference) < 0 ? negate(difference) : difference;
  const words = texts.figures.difference;
  return (
    <>
      <p>{sign(difference) === 0 ? words.equal : words.differ(formatMoney(size, currency))}</p>
      <Facts
        facts={[
          [texts.figures.policies[policy].title, <Money key="own" amount={own} currency={currency} />],
          [texts.figures.policies[other].title, <Money key="other" amount={others} currency={currency} />],
          [words.why, reasons.map((reason) => <p key={reason}>{reason}</p>)],
        ]}
      />
      <p className="small">{words.vendor}</p>
    </>
  );
}

const { columns: heads, kinds } = texts.figures;

function Rows({ report }: { readonly report: DifferencesReport }) {
  const { differences, total_differences: total, currency, from, to } = report;
  const words = texts.figures.difference;
  const columns: readonly Column<Difference>[] = [
    {
      id: 'account',
      header: heads.account,
      cell: ({ account_id: id, account }) => <AccountName id={id} name={account} />,
      rowHeader: true,
    },
    {
      id: 'what',
      header: heads.what,
      cell: ({ kind, on }) => (
        <span className="muted">{texts.figures.whatAndWhen(kinds[kind], formatDay(on))}</span>
      ),
    },
    { id: 'policy', header: words.countedBy, cell: ({ policy }) => texts.figures.policies[policy].title },
    {
      id: 'amount',
      header: heads.change,
      align: 'end',
      cell: ({ amount }) => <data value={amount}>{formatMoneyChange(amount, currency)}</data>,
    },
  ];
  const days = texts.figures.between(formatDay(from), formatDay(to));
  const isCut = differences.length < total;
  const shown = isCut ? words.cut(formatCount(differences.length), formatCount(total)) : '';
  return (
    <Section title={words.rows} note={`${days}${shown}`}>
      {differences.length === 0 ? (
        <p className="muted">{words.noRows}</p>
      ) : (
        <Table
          label={words.rows}
          columns={columns}
          rows={differences}
          rowKey={({ account_id: id, on, kind, policy }) => `${id} ${on} ${kind} ${policy}`}
          narrow="pinned"
          density="compact"
        />
      )}
    </Section>
  );
}
