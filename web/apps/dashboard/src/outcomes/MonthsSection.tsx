import type { OutcomeMonth } from '@keepwell/api';
import { formatCount, formatMonth, Money, Section, Table, type Column } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { texts } from '../texts';

const words = texts.outcomes.months;

export interface MonthsSectionProps {
  readonly months: readonly OutcomeMonth[];
  readonly currency: string;
}

/** The cases by the month in which they were opened; the month opens its cases. */
export function MonthsSection({ months, currency }: MonthsSectionProps) {
  return (
    <Section title={words.title} note={words.note}>
      <Table
        label={words.table}
        columns={columnsIn(currency)}
        rows={months}
        rowKey={({ month }) => month}
        narrow="pinned"
        density="compact"
      />
      <p className="small outcomes-say">{words.alone}</p>
    </Section>
  );
}

function pair(field: 'cases' | 'left' | 'contacts') {
  return ({ acted, held }: OutcomeMonth) => words.pair(formatCount(acted[field]), formatCount(held[field]));
}

function columnsIn(currency: string): readonly Column<OutcomeMonth>[] {
  return [
    {
      id: 'month',
      header: words.columns.month,
      rowHeader: true,
      cell: ({ month }) => (
        <Link
          to="/outcomes"
          search={{ month: month.slice(0, 7) }}
          hash="cases"
          aria-label={words.show(formatMonth(month))}
        >
          {formatMonth(month, 'short')}
        </Link>
      ),
    },
    {
      id: 'cases',
      header: words.columns.cases,
      align: 'end',
      cell: ({ acted, held }) => formatCount(acted.cases + held.cases),
    },
    { id: 'arms', header: words.columns.arms, align: 'end', cell: pair('cases') },
    {
      id: 'left',
      header: words.columns.left,
      align: 'end',
      cell: (month) =>
        month.acted.ended + month.held.ended === 0 ? (
          <span className="muted">{words.notOver}</span>
        ) : (
          pair('left')(month)
        ),
    },
    { id: 'contacts', header: words.columns.contacts, align: 'end', cell: pair('contacts') },
    {
      id: 'mrr',
      header: words.columns.mrr,
      align: 'end',
      cell: ({ mrr }) => (mrr === null ? texts.common.unknown : <Money amount={mrr} currency={currency} />),
    },
  ];
}
