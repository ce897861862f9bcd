import type { SourceState } from '@keepwell/api';
import { formatCount, formatRecentMoment, Section, Table, Tag, type Column } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { sourcesQuery } from '../../queries/data/sources';
import { Loaded } from '../../shell/Loaded';
import { RowsLoading } from '../../shell/RowsLoading';
import { useMay } from '../../shell/session';
import { texts } from '../../texts';

const words = texts.data.overview;

/** Each source: how fresh it is, how much came, and what was kept aside. */
export function SourcesTable() {
  const sources = useQuery(sourcesQuery());
  return (
    <Section title={words.sources}>
      <Loaded query={sources} loading={<RowsLoading label={words.loading} rows={6} />}>
        {({ items }) => (
          <Table
            label={words.sources}
            columns={COLUMNS}
            rows={items}
            rowKey={({ kind }) => kind}
            narrow="cards"
            density="two-lines"
          />
        )}
      </Loaded>
    </Section>
  );
}

const COLUMNS: readonly Column<SourceState>[] = [
  {
    id: 'source',
    header: words.source,
    rowHeader: true,
    place: 'name',
    cell: ({ kind, last_error }) => (
      <>
        {texts.data.kinds[kind]}
        {last_error === null ? (
          <span className="cell-sub">{words.meaning[kind]}</span>
        ) : (
          <bdi className="cell-sub bad clamp">{last_error}</bdi>
        )}
      </>
    ),
  },
  { id: 'state', header: words.state, place: 'amount', cell: (source) => <SourceTag {...source} /> },
  {
    id: 'newest',
    header: words.newest,
    place: 'text',
    cell: ({ newest_at }) => (
      <span className={newest_at === null ? 'card-skip' : 'data-moment'}>
        <span className="card-label">{words.newest}: </span>
        {newest_at === null ? texts.common.none : formatRecentMoment(newest_at)}
      </span>
    ),
  },
  {
    id: 'rows',
    header: words.rows,
    align: 'end',
    isSpare: true,
    cell: ({ is_used, rows_read }) => (is_used ? formatCount(rows_read) : texts.common.none),
  },
  {
    id: 'aside',
    header: words.aside,
    align: 'end',
    place: 'text',
    cell: (source) => <KeptAside source={source} />,
  },
  {
    id: 'action',
    header: words.action,
    isHeaderHidden: true,
    align: 'end',
    place: 'action',
    cell: (source) => <Action {...source} />,
  },
];

function SourceTag({ is_used, last_error }: SourceState) {
  if (last_error !== null) return <Tag tone="negative">{words.failed}</Tag>;
  return is_used ? <Tag tone="positive">{words.works}</Tag> : <Tag>{words.notUsed}</Tag>;
}

function KeptAside({ source }: { readonly source: SourceState }) {
  const { kind, kept_aside, has_more_kept_aside, is_used } = source;
  const maySee = useMay('import');
  const count = formatCount(kept_aside);
  if (!is_used && kept_aside === 0) return <span className="card-skip">{texts.common.none}</span>;
  const shown = has_more_kept_aside ? words.atLeast(count) : count;
  const label = <span className="card-label">{words.aside}: </span>;
  if (kept_aside === 0 || !maySee)
    return (
      <>
        {label}
        {shown}
      </>
    );
  const journal = kind === 'http' || kind === 'tail' ? kind : 'journal';
  return (
    <>
      {label}
      <Link
        to="/data/dead-letters"
        search={{ journal }}
        className="link bad inline-link"
        aria-label={words.asideOf(shown, texts.data.kinds[kind])}
      >
        {shown}
      </Link>
    </>
  );
}

function Action({ kind, is_used }: SourceState) {
  const label = words.actions[kind][is_used ? 'later' : 'first'];
  const mayTokens = useMay('tokens');
  if (kind === 'http' && !mayTokens) return null;
  const shared = { className: 'button button-small', 'aria-label': `${texts.data.kinds[kind]}: ${label}` };
  if (kind === 'stripe') return <Link to="/data/stripe" {...shared} children={label} />;
  if (kind === 'http') return <Link to="/data/write-keys" {...shared} children={label} />;
  if (kind === 'files' && is_used) return <Link to="/data/imports" {...shared} children={label} />;
  return (
    <a href={kind === 'files' ? '#bring-files' : '#follow-files'} {...shared}>
      {label}
    </a>
  );
}
