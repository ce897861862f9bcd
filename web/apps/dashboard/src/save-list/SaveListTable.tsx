import type { Decimal, Label, SaveListEntry } from '@keepwell/api';
import { Money, Table, type Column } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { NextStepButton } from '../risk/NextStepButton';
import { Chance, Why } from '../risk/Why';
import { texts } from '../texts';

const { columns: headers } = texts.saveList;

export interface SaveListTableProps {
  readonly rows: readonly SaveListEntry[];
  readonly currency: string;
  /** What the list is weighed by. */
  readonly money: Label['money'];
  /** The row that the keys act on. */
  readonly chosen?: string | undefined;
}

/** Who, why, how much, what next. */
export function SaveListTable({ rows, currency, money, chosen }: SaveListTableProps) {
  return (
    <Table
      label={texts.saveList.title}
      columns={money === 'none' ? COLUMNS : columnsIn(currency, money)}
      rows={rows}
      rowKey={(item) => item.account_id}
      rowClass={(item) => (item.account_id === chosen ? 'row-chosen' : undefined)}
      narrow="cards"
      isFixed
    />
  );
}

const WHO: Column<SaveListEntry> = {
  id: 'account',
  header: headers.account,
  cell: (item) => <Name item={item} />,
  rowHeader: true,
  place: 'name',
  width: 200,
};
const PLAN: Column<SaveListEntry> = {
  id: 'plan',
  header: headers.plan,
  cell: ({ plan }) => <span className="muted">{plan}</span>,
  isSpare: true,
  width: 112,
};
const WHY: Column<SaveListEntry> = {
  id: 'why',
  header: headers.why,
  cell: (item) => <Why item={item} />,
  place: 'text',
};
const CHANCE: Column<SaveListEntry> = {
  id: 'chance',
  header: headers.chance,
  align: 'end',
  cell: ({ probability }) => <Chance value={probability} />,
  width: 104,
};
const NEXT: Column<SaveListEntry> = {
  id: 'next',
  header: headers.next,
  cell: (item) => <NextStepButton item={item} />,
  place: 'action',
  width: 144,
};

/** Where no money is known, the chance is what a row is about. */
const COLUMNS: readonly Column<SaveListEntry>[] = [WHO, WHY, { ...CHANCE, place: 'amount' }, NEXT];

function columnsIn(currency: string, money: Label['money']): readonly Column<SaveListEntry>[] {
  const amount = (value: Decimal | null) =>
    value === null ? texts.common.unknown : <Money amount={value} currency={currency} />;
  return [
    WHO,
    // By spend, accounts have no plan.
    ...(money === 'mrr' ? [PLAN] : []),
    WHY,
    {
      id: 'mrr',
      header: texts.listLabels.money[money],
      align: 'end',
      cell: ({ mrr }) => amount(mrr),
      isSpare: true,
      width: money === 'mrr' ? 96 : 128,
    },
    CHANCE,
    {
      id: 'at-risk',
      header: headers.atRisk,
      align: 'end',
      cell: (item) => <span className="strong">{amount(item.revenue_at_risk)}</span>,
      place: 'amount',
      width: 104,
    },
    NEXT,
  ];
}

function Name({ item }: { readonly item: SaveListEntry }) {
  return (
    <Link to="/accounts/$accountId" params={{ accountId: item.account_id }}>
      <bdi>{item.name}</bdi>
    </Link>
  );
}
