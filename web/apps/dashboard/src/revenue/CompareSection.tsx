import { sign, subtract, type MovementsReport } from '@keepwell/api';
import { Change, formatMoneyChange, Section, Skeleton, Table, type Column } from '@keepwell/ui';

import type { FigureId } from '../figures/ref';
import { SheetLink } from '../figures/SheetLink';
import { useFigure } from '../figures/use-figure';
import type { Days } from '../figures/use-period';
import { Loaded } from '../shell/Loaded';
import { texts } from '../texts';
import { viewLabel } from './periods';
import { useTotals } from './use-totals';
import type { View } from './view';

const words = texts.revenue.compare;
const KINDS = ['new', 'expansion', 'reactivation', 'contraction', 'churn', 'fx', 'net'] as const;

/** The movements of the view beside those of the days it is compared with. */
export function CompareSection({ view, against }: { readonly view: View; readonly against: Days }) {
  const now = useTotals(view, view.days);
  const earlier = useTotals(view, against);
  const both = now.data && earlier.data && { now: now.data, earlier: earlier.data };
  const query = {
    data: both,
    error: now.error ?? earlier.error,
    refetch: () => Promise.all([now.refetch(), earlier.refetch()]),
  };
  return (
    <Section title={words.title}>
      <Loaded query={query} loading={<Skeleton label={texts.revenue.loading.figures} lines={KINDS.length} />}>
        {(reports) => <CompareTable view={view} against={against} {...reports} />}
      </Loaded>
    </Section>
  );
}

interface CompareTableProps {
  readonly view: View;
  readonly against: Days;
  readonly now: MovementsReport;
  readonly earlier: MovementsReport;
}

type Kind = (typeof KINDS)[number];

function CompareTable({ view: { by, days, againstWhat }, against, now, earlier }: CompareTableProps) {
  const { open } = useFigure();
  const [own, before] = [now.periods[0], earlier.periods[0]];
  if (own === undefined || before === undefined) return null;
  const { currency } = now;
  const figureOf = (kind: Kind): FigureId => (kind === 'net' ? 'movements' : kind);
  const amount = (value: (typeof own)[Kind]) => (
    <data value={value}>{formatMoneyChange(value, currency)}</data>
  );
  const columns: readonly Column<Kind>[] = [
    {
      id: 'what',
      header: words.what,
      cell: (kind) => (
        <SheetLink
          onOpen={() => {
            open({ id: figureOf(kind), ...days });
          }}
        >
          {kind === 'net' ? words.net : texts.figures.kinds[kind]}
        </SheetLink>
      ),
      rowHeader: true,
    },
    {
      id: 'earlier',
      header: words.earlier[againstWhat],
      isSpare: true,
      align: 'end',
      cell: (kind) => amount(before[kind]),
    },
    { id: 'now', header: words.now, align: 'end', cell: (kind) => amount(own[kind]) },
    {
      id: 'change',
      header: words.change,
      align: 'end',
      cell: (kind) => {
        const difference = subtract(own[kind], before[kind]);
        return <Change direction={sign(difference)}>{formatMoneyChange(difference, currency)}</Change>;
      },
    },
  ];
  return (
    <Table
      label={words.label(viewLabel(by, against))}
      columns={columns}
      rows={KINDS}
      rowKey={(kind) => kind}
      narrow="pinned"
      density="compact"
    />
  );
}
