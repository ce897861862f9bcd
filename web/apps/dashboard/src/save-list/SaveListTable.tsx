import type { Decimal, Label, SaveListEntry } from '@keepwell/api';
import { formatDay, Money, Table, type Column } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { RecordContact } from '../cases/RecordContact';
import { nextStep } from '../risk/next-step';
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
  cell: (item) => <Next item={item} />,
  place: 'action',
  width: 176,
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

function Next({ item }: { readonly item: SaveListEntry }) {
  const { case: open, account_id, name } = item;
  return (
    <span className="next-steps">
      <NextStepButton item={item} />
      {open === null ? null : (
        <RecordContact
          of={{ ...open, account: name, account_id }}
          channel={nextStep(item).kind === 'mail' ? 'mail' : 'phone'}
          iconOnly
        />
      )}
    </span>
  );
}

function Name({ item }: { readonly item: SaveListEntry }) {
  return (
    <>
      <Link to="/accounts/$accountId" params={{ accountId: item.account_id }}>
        <bdi>{item.name}</bdi>
      </Link>
      {item.case === null ? null : <span className="cell-sub">{caseText(item.case)}</span>}
    </>
  );
}

/** Since when the account has a case, and when somebody was last in contact. */
function caseText({ opened_on, last_contacted_at }: NonNullable<SaveListEntry['case']>): string {
  const { since, contacted } = texts.cases;
  const begun = since(formatDay(opened_on));
  return last_contacted_at === null
    ? begun
    : `${begun} · ${contacted(formatDay(last_contacted_at.slice(0, 10)))}`;
}
