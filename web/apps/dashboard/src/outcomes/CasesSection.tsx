import type { CaseItem } from '@keepwell/api';
import {
  EmptyState,
  FilterChip,
  formatCount,
  formatDay,
  formatMonth,
  Icon,
  Money,
  Section,
  Table,
  Tag,
  type Column,
  type TagTone,
} from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';

import { casesQuery } from '../queries/cases';
import { LoadedRows } from '../shell/LoadedRows';
import { RowsLoading } from '../shell/RowsLoading';
import { useMay } from '../shell/session';
import { useSearchOf } from '../shell/use-search-of';
import { texts } from '../texts';
import { ARMS, CASE_OUTCOMES, outcomesSearch, type OutcomesSearch } from './search';

const route = getRouteApi('/outcomes');
const words = texts.outcomes.rows;
const ANY = 'any';

const TONES: Record<CaseItem['outcome'], TagTone> = {
  open: 'neutral',
  stayed: 'positive',
  left: 'negative',
  shrank: 'warning',
  unknown: 'neutral',
};
const ARM_NAMES: Record<CaseItem['arm'], string> = { act: texts.outcomes.acted, hold: texts.outcomes.held };

/** The cases behind the figures, filtered by the address. */
export function CasesSection() {
  const search = useSearchOf(outcomesSearch);
  const mayKnow = useMay('holdout');
  const filter = filterOf(search);
  const query = useInfiniteQuery(casesQuery(filter));
  return (
    <div id="cases">
      <Section
        title={words.title}
        note={search.month === undefined ? undefined : words.ofMonth(formatMonth(`${search.month}-01`))}
        tools={
          <>
            <Filters search={search} withArm={mayKnow} />
            <ExportLink filter={filter} />
          </>
        }
      >
        <LoadedRows
          query={query}
          loading={<RowsLoading label={words.table} rows={6} />}
          empty={<EmptyState title={words.none}>{words.noneDetail}</EmptyState>}
        >
          {(rows) => (
            <Table
              label={words.table}
              columns={mayKnow ? COLUMNS : COLUMNS.filter(({ id }) => id !== 'arm')}
              rows={rows}
              rowKey={({ id }) => id}
              narrow="cards"
            />
          )}
        </LoadedRows>
        {mayKnow ? null : <p className="small outcomes-say">{words.hidden}</p>}
      </Section>
    </div>
  );
}

function filterOf({ month, outcome, arm }: OutcomesSearch) {
  if (month === undefined) return { outcome, arm };
  const [year = 0, number = 0] = month.split('-').map(Number);
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return { outcome, arm, opened_from: `${month}-01`, opened_to: `${month}-${last}` };
}

/** A link and not a call, so that the browser saves the file while it arrives. */
function ExportLink({ filter }: { readonly filter: ReturnType<typeof filterOf> }) {
  if (!useMay('export')) return null;
  const given = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  const query = new URLSearchParams(given).toString();
  return (
    <a
      className="button button-quiet button-small not-phone"
      href={query === '' ? '/v1/save-cases.csv' : `/v1/save-cases.csv?${query}`}
      download
    >
      <Icon name="download" />
      {words.export}
    </a>
  );
}

interface FiltersProps {
  readonly search: OutcomesSearch;
  readonly withArm: boolean;
}

function Filters({ search, withArm }: FiltersProps) {
  const navigate = route.useNavigate();
  const show = (changed: OutcomesSearch) => {
    void navigate({ search: { ...search, ...changed }, replace: true, resetScroll: false });
  };
  return (
    <span className="outcomes-filters">
      {search.month === undefined ? null : (
        <button
          type="button"
          className="chip chip-set"
          onClick={() => {
            show({ month: undefined });
          }}
        >
          {words.allMonths}
        </button>
      )}
      <FilterChip
        label={words.outcome}
        neutral={ANY}
        value={search.outcome ?? ANY}
        choices={[
          { id: ANY, label: words.any },
          ...CASE_OUTCOMES.map((id) => ({ id, label: texts.cases.outcomes[id] })),
        ]}
        onChange={(id) => {
          show({ outcome: id === ANY ? undefined : id });
        }}
      />
      {withArm ? (
        <FilterChip
          label={words.arm}
          neutral={ANY}
          value={search.arm ?? ANY}
          choices={[{ id: ANY, label: words.any }, ...ARMS.map((id) => ({ id, label: ARM_NAMES[id] }))]}
          onChange={(id) => {
            show({ arm: id === ANY ? undefined : id });
          }}
        />
      ) : null}
    </span>
  );
}

const COLUMNS: readonly Column<CaseItem>[] = [
  {
    id: 'account',
    header: words.columns.account,
    rowHeader: true,
    place: 'name',
    cell: ({ account, account_id }) => (
      <Link to="/accounts/$accountId" params={{ accountId: account_id }}>
        <bdi className="clamp">{account}</bdi>
      </Link>
    ),
  },
  {
    id: 'opened',
    header: words.columns.opened,
    cell: ({ opened_on }) => <span className="muted">{formatDay(opened_on)}</span>,
    place: 'text',
  },
  {
    id: 'until',
    header: words.columns.until,
    cell: ({ horizon_ends_on }) => <span className="muted">{formatDay(horizon_ends_on)}</span>,
    isSpare: true,
  },
  { id: 'arm', header: words.columns.arm, cell: ({ arm }) => ARM_NAMES[arm], isSpare: true },
  {
    id: 'mrr',
    header: words.columns.mrr,
    align: 'end',
    cell: ({ mrr, currency }) =>
      mrr === null ? texts.common.unknown : <Money amount={mrr} currency={currency} />,
    isSpare: true,
  },
  {
    id: 'outcome',
    header: words.columns.outcome,
    cell: ({ outcome, unknown_because }) => (
      <span title={unknown_because === null ? undefined : texts.cases.unknownBecause[unknown_because]}>
        <Tag tone={TONES[outcome]}>{texts.cases.outcomes[outcome]}</Tag>
      </span>
    ),
    place: 'amount',
  },
  {
    id: 'contacts',
    header: words.columns.contacts,
    align: 'end',
    cell: ({ contacts }) => formatCount(contacts),
    isSpare: true,
  },
];
