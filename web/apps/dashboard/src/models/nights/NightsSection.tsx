import type { Run } from '@keepwell/api';
import { formatCount, formatDay, formatTime, Section, Table, Tag, type Column } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { runsQuery } from '../../queries/models';
import { rowsOf } from '../../queries/pages';
import { Loaded } from '../../shell/Loaded';
import { LoadMore } from '../../shell/LoadMore';
import { RowsLoading } from '../../shell/RowsLoading';
import { texts } from '../../texts';
import { nightRows, progressOf, recordsAge, TONES, type NightRow } from './night-rows';

const words = texts.nights;

/** Every scoring of the accounts, the newest first, and why a date has no list. */
export function NightsSection() {
  const query = useInfiniteQuery(runsQuery());
  return (
    <Section title={words.title} note={words.note}>
      <Loaded
        query={{ ...query, data: query.data && rowsOf(query.data) }}
        loading={<RowsLoading label={words.loading} />}
      >
        {(runs) =>
          runs.length === 0 ? (
            <p className="models-statement">{words.none}</p>
          ) : (
            <>
              <Table
                label={words.label}
                columns={COLUMNS}
                rows={nightRows(runs)}
                rowKey={({ run }) => String(run.number)}
                narrow="cards"
              />
              <LoadMore query={query} shown={runs.length} onMore={() => void query.fetchNextPage()} />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

const COLUMNS: readonly Column<NightRow>[] = [
  {
    id: 'date',
    header: words.date,
    rowHeader: true,
    place: 'name',
    cell: ({ run, from, nights }) => (
      <span className="models-line">
        {nights === 1 ? formatDay(run.date) : words.range(formatDay(from), formatDay(run.date))}
      </span>
    ),
  },
  {
    id: 'cause',
    header: words.cause,
    place: 'text',
    cell: ({ run }) => <span className="models-line">{startOf(run)}</span>,
  },
  {
    id: 'state',
    header: words.state,
    place: 'amount',
    cell: ({ run }) => <Tag tone={TONES[progressOf(run)]}>{words.states[progressOf(run)]}</Tag>,
  },
  { id: 'made', header: words.made, place: 'text', cell: ({ run, nights }) => <Made {...{ run, nights }} /> },
  { id: 'records', header: words.records, place: 'text', cell: ({ run }) => <Records run={run} /> },
];

/** A night that was missed has no time at which it began. */
function startOf({ cause, state, scored_at: at }: Run): string {
  return state === 'missed' ? words.causes[cause] : words.startedBy(words.causes[cause], formatTime(at));
}

function Made({ run, nights }: Pick<NightRow, 'run' | 'nights'>) {
  const { statement, accounts, model_version: version } = run;
  if (statement !== null)
    return <>{nights === 1 ? statement : words.missed(formatCount(nights), statement)}</>;
  return (
    <>
      {accounts === null ? words.uncounted : words.accounts(accounts, formatCount(accounts))}{' '}
      {version === null ? null : (
        <Link to="/models/$version" params={{ version: String(version) }} className="inline-link">
          {texts.models.one(String(version))}
        </Link>
      )}
    </>
  );
}

function Records({ run }: { readonly run: Run }) {
  const age = recordsAge(run);
  if (age === null || run.as_of === null) return <span className="card-skip">–</span>;
  return (
    <>
      <span className="card-label">{words.records}: </span>
      <span className="models-line">
        {age === 0 ? formatDay(run.as_of) : words.aged(formatDay(run.as_of), age, formatCount(age))}
      </span>
    </>
  );
}
