import type { Label, SaveListEntry, Today } from '@keepwell/api';
import {
  EmptyState,
  formatCount,
  formatMoney,
  formatProbability,
  Money,
  Section,
  Table,
  type Column,
} from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { NextStepButton } from '../risk/NextStepButton';
import { Why } from '../risk/Why';
import { useCommandSuffix } from '../shell/command-line';
import { texts } from '../texts';

const words = texts.today;
const { columns: headers } = words;

export interface FirstFiveProps {
  readonly risk: Today['risk'];
  readonly currency: string;
}

/** The first names of the save list, with reason and next step. */
export function FirstFive({ risk: { model, items, accounts, totals }, currency }: FirstFiveProps) {
  const open = (
    <Link to="/save-list" className="link">
      {words.openSaveList}
    </Link>
  );
  const leftAlone = totals.left_alone === 0 ? '' : `; ${words.leftAlone(formatCount(totals.left_alone))}`;
  if (model === null) return <Unscored />;
  return (
    <Section
      title={words.first(formatCount(items.length), formatCount(accounts))}
      note={<span className="not-phone">{words.firstNotes[model.label.money] + leftAlone}</span>}
      tools={open}
    >
      <Table
        label={words.first(formatCount(items.length), formatCount(accounts))}
        columns={columnsIn(currency, model.label.money)}
        rows={items}
        rowKey={(item) => item.account_id}
        narrow="cards"
        density="two-lines"
        isFixed
      />
    </Section>
  );
}

function Unscored() {
  const { title, detail } = texts.saveList.noModel;
  const suffix = useCommandSuffix();
  return (
    <EmptyState title={title} command={`./keepwell churn train${suffix}`}>
      {detail}
    </EmptyState>
  );
}

function columnsIn(currency: string, money: Label['money']): readonly Column<SaveListEntry>[] {
  return [
    {
      id: 'account',
      header: headers.account,
      cell: (item) => <AccountCell item={item} currency={currency} money={money} />,
      rowHeader: true,
      place: 'name',
      width: 200,
    },
    { id: 'why', header: headers.why, cell: (item) => <Why item={item} />, place: 'text' },
    {
      id: 'at-risk',
      header: money === 'none' ? texts.saveList.columns.chance : headers.atRisk,
      align: 'end',
      cell: (item) => <AtRiskCell item={item} currency={currency} money={money} />,
      place: 'amount',
      width: 112,
    },
    {
      id: 'next',
      header: headers.next,
      cell: (item) => <NextStepButton item={item} />,
      place: 'action',
      width: 144,
    },
  ];
}

interface CellProps {
  readonly item: SaveListEntry;
  readonly currency: string;
  readonly money: Label['money'];
}

function AccountCell({ item: { account_id, name, plan, mrr }, currency }: CellProps) {
  const amount = mrr === null ? null : formatMoney(mrr, currency);
  return (
    <>
      <Link to="/accounts/$accountId" params={{ accountId: account_id }}>
        <bdi>{name}</bdi>
      </Link>
      {amount === null ? null : (
        <span className="cell-sub cut">{plan === null ? amount : words.planAndMrr(plan, amount)}</span>
      )}
    </>
  );
}

function AtRiskCell({ item: { revenue_at_risk, probability }, currency, money }: CellProps) {
  if (revenue_at_risk === null) return <span className="strong">{formatProbability(probability)}</span>;
  return (
    <>
      <span className="strong">
        <Money amount={revenue_at_risk} currency={currency} />
      </span>
      <span className="cell-sub">{words.times(formatProbability(probability), texts.risk.money[money])}</span>
    </>
  );
}
