import { Button, Command, EmptyState, Section } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { auditQuery } from '../../queries/settings/audit';
import { membersQuery } from '../../queries/settings/members';
import { rowsOf } from '../../queries/pages';
import { useCommandSuffix } from '../../shell/command-line';
import { LoadedRows } from '../../shell/LoadedRows';
import { OnlyIfMay } from '../../shell/Refusal';
import { RowsLoading } from '../../shell/RowsLoading';
import { useSearchOf } from '../../shell/use-search-of';
import { texts } from '../../texts';
import { SettingsFrame } from '../SettingsFrame';
import { AuditFilters } from './AuditFilters';
import { AuditTable } from './AuditTable';
import { EntrySheet } from './EntrySheet';
import { auditSearch, filterOf, isFiltered, type AuditSearch } from './search';

const route = getRouteApi('/settings/audit');
const words = texts.settings.audit;

/** The audit log, filtered and page by page. */
export function AuditPage() {
  return (
    <SettingsFrame title={words.title} purpose={words.purpose} search={auditSearch}>
      <OnlyIfMay permission="audit">
        <Entries />
        <ExportSection />
      </OnlyIfMay>
    </SettingsFrame>
  );
}

function Entries() {
  const search = useSearchOf(auditSearch);
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(auditQuery(filterOf(search)));
  const members = useMembers();
  const show = (changed: AuditSearch) => {
    void navigate({ search: { ...search, ...changed }, replace: true, resetScroll: false });
  };
  const clear = <Button onPress={() => void navigate({ search: {}, replace: true })}>{words.clear}</Button>;
  const opened = query.data && rowsOf(query.data).find(({ id }) => id === search.entry);
  return (
    <>
      <AuditFilters search={search} members={members} onChange={show} />
      <section aria-label={words.label} aria-busy={query.isPlaceholderData}>
        <LoadedRows
          query={query}
          loading={<RowsLoading label={words.loading} rows={10} />}
          empty={
            <EmptyState
              title={isFiltered(search) ? words.noneMatch : words.none}
              icon="filter"
              action={isFiltered(search) ? clear : undefined}
            />
          }
          isCounted
        >
          {(rows) => <AuditTable rows={rows} search={search} members={members} />}
        </LoadedRows>
      </section>
      {opened === undefined ? null : (
        <EntrySheet
          entry={opened}
          members={members}
          onFilter={show}
          onClose={() => {
            show({ entry: undefined });
          }}
        />
      )}
    </>
  );
}

/** The names of the members, by id; those who have left are not among them. */
function useMembers(): ReadonlyMap<string, string> {
  const { data } = useInfiniteQuery(membersQuery());
  return new Map(data === undefined ? [] : rowsOf(data).map(({ id, name }) => [id, name]));
}

function ExportSection() {
  const suffix = useCommandSuffix();
  return (
    <Section title={words.export}>
      <div className="stack">
        <p className="prose">{words.exportText}</p>
        <Command>{`./keepwell audit list --limit 10000 --json${suffix} > audit.json`}</Command>
        <Command>{`./keepwell audit verify${suffix}`}</Command>
      </div>
    </Section>
  );
}
