import type { AccountDetail, TimelineItem } from '@keepwell/api';
import { Facts, Section, Sheet, Table, type Column } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import '../figures/figures.css';
import { paymentsQuery, type Payments } from '../queries/accounts/billing';
import { texts } from '../texts';
import type { KindGroup, SheetName } from './timeline/kinds';
import { toTimeline } from './to-timeline';
import { chanceRows, paymentRows, movementRows, type SheetRow } from './sheet-rows';
import { basisOf, sheetValue } from './sheet-value';

const words = texts.account.sheets;

export interface AccountSheetProps {
  readonly account: AccountDetail;
  readonly highlights: readonly TimelineItem[];
  readonly sheet: SheetName;
  readonly onClose: () => void;
}

const NONE: Payments = { invoices: [], charges: [] };

/** Which part of the timeline has the rest of a figure's rows. */
const TIMELINE: Readonly<Record<SheetName, KindGroup>> = {
  mrr: 'subscriptions',
  chance: 'scores',
  'at-risk': 'scores',
  paid: 'payments',
};

/** What a key figure of the account means, what it rests on, and its rows. */
export function AccountSheet({ account, highlights, sheet, onClose }: AccountSheetProps) {
  const { title: usual, means } = words.figures[sheet];
  const title =
    sheet === 'chance' && account.risk !== null ? texts.account.chances[account.risk.label.name] : usual;
  const payments = useQuery({ ...paymentsQuery(account.id), enabled: sheet === 'paid' }).data ?? NONE;
  const rows = {
    mrr: () => movementRows(account),
    chance: () => chanceRows(highlights, account),
    'at-risk': () => chanceRows(highlights, account),
    paid: () => paymentRows(payments),
  }[sheet]();
  return (
    <Sheet title={title} note={account.name} closeLabel={texts.common.close} onClose={onClose}>
      <p className="figures-value">{sheetValue(sheet, account, payments)}</p>
      <Facts
        facts={[
          [texts.figures.facts.means, means],
          [words.rests, basisOf(sheet, account)],
        ]}
      />
      <Rows rows={rows} heads={words.heads[sheet]}>
        {toTimeline(account.id, TIMELINE[sheet])({ className: 'link', children: words.timeline })}
      </Rows>
    </Sheet>
  );
}

interface RowsProps {
  readonly rows: readonly SheetRow[];
  readonly heads: readonly [what: string, amount: string];
  readonly children: ReactNode;
}

function Rows({ rows, heads: [what, amount], children }: RowsProps) {
  const columns: readonly Column<SheetRow>[] = [
    { id: 'on', header: words.day, cell: ({ on }) => on, rowHeader: true },
    { id: 'what', header: what, cell: (row) => <span className="muted">{row.what}</span> },
    { id: 'amount', header: amount, align: 'end', cell: (row) => row.amount },
  ];
  return (
    <Section title={texts.figures.rows}>
      {rows.length === 0 ? (
        <p className="muted">{words.noRows}</p>
      ) : (
        <Table
          label={texts.figures.rows}
          columns={columns}
          rows={rows}
          rowKey={({ id }) => id}
          narrow="pinned"
          density="compact"
        />
      )}
      <div className="figures-foot">{children}</div>
    </Section>
  );
}
