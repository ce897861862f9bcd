import type { ImportItem } from '@keepwell/api';
import { Callout, EmptyState, Facts, formatCount, formatMoment, Section } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';

import { importQuery } from '../../queries/data/imports';
import { Loaded } from '../../shell/Loaded';
import { RowsLoading } from '../../shell/RowsLoading';
import { useMay } from '../../shell/session';
import { texts } from '../../texts';
import { DataFrame } from '../DataFrame';
import { EntityTable } from './EntityTable';
import { ImportStatusTag, sourceName } from './ImportsTable';
import { driftPlace, driftText, entityReports, totals } from './report';
import { UndoSection } from './UndoSection';

const route = getRouteApi('/data/imports/$importId');
const words = texts.data.imports.detail;

/** One import: what it did, what it assumed, and how to take it back. */
export function ImportPage() {
  const { importId } = route.useParams();
  const query = useQuery(importQuery(importId));
  const item = query.data;
  const title = item === undefined ? texts.data.imports.one : sourceName(item.source);
  return (
    <DataFrame
      title={title}
      purpose={item?.mapping}
      mark={item && <ImportStatusTag {...item} />}
      side={
        <Link to="/data/imports" className="link inline-link">
          {words.back}
        </Link>
      }
      search={{}}
    >
      {query.error?.isNotFound === true ? (
        <EmptyState title={words.gone} />
      ) : (
        <Loaded query={query} loading={<RowsLoading label={words.loading} />}>
          {(found) => <Report item={found} />}
        </Loaded>
      )}
    </DataFrame>
  );
}

function Report({ item }: { readonly item: ImportItem }) {
  return (
    <>
      {item.error === null ? null : (
        <Callout tone="negative" title={words.failed}>
          {item.error}
        </Callout>
      )}
      <div className="columns data-columns">
        <div className="span-8">
          <Section title={words.what}>
            <EntityTable reports={entityReports(item)} />
          </Section>
          <UndoSection item={item} />
        </div>
        <aside className="span-4 data-rail" aria-label={words.facts}>
          <Lines title={words.assumed} lines={item.assumptions} nothing={words.assumedNothing} />
          <Differences drift={item.drift} />
          <Section title={words.facts} isRuled>
            <Facts
              facts={[
                [words.mapping, <bdi key="mapping">{item.mapping}</bdi>],
                [words.started, formatMoment(item.started_at)],
                [words.finished, item.finished_at === null ? words.notYet : formatMoment(item.finished_at)],
                [words.undone, item.undone_at === null ? null : formatMoment(item.undone_at)],
                [words.aside, item.summary === null ? null : <LettersLink key="aside" item={item} />],
                [words.id, <code key="id">{item.id}</code>],
              ]}
            />
          </Section>
        </aside>
      </div>
    </>
  );
}

/** All that the import kept aside; the table has them by kind. */
function LettersLink({ item }: { readonly item: ImportItem }) {
  const count = totals(item)?.keptAside ?? 0;
  const maySee = useMay('import');
  if (count === 0 || !maySee) return formatCount(count);
  return (
    <Link to="/data/dead-letters" search={{ journal: 'journal' }} className="link inline-link">
      {words.letters(formatCount(count))}
    </Link>
  );
}

function Differences({ drift }: Pick<ImportItem, 'drift'>) {
  return (
    <Section title={words.differs} isRuled>
      {drift.length === 0 ? <p className="data-note small">{words.differsNothing}</p> : null}
      <ul className="data-lines">
        {drift.map((change) => (
          <li key={JSON.stringify(change)}>
            {driftText(change)}
            <span className="cell-sub">{driftPlace(change)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

interface LinesProps {
  readonly title: string;
  readonly lines: readonly string[];
  readonly nothing: string;
}

function Lines({ title, lines, nothing }: LinesProps) {
  return (
    <Section title={title} isRuled>
      {lines.length === 0 ? <p className="data-note small">{nothing}</p> : null}
      <ul className="data-lines">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </Section>
  );
}
