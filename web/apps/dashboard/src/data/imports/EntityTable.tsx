import { formatCount, Table, type Column } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { useMay } from '../../shell/session';
import { texts } from '../../texts';
import { entityName, type EntityReport } from './report';

const words = texts.data.imports.detail;

/** What an import counted, one kind of record a row. */
export function EntityTable({ reports }: { readonly reports: readonly EntityReport[] }) {
  return (
    <Table
      label={words.what}
      columns={COLUMNS}
      rows={reports}
      rowKey={({ entity }) => entity}
      narrow="scroll"
      density="two-lines"
    />
  );
}

function count(id: 'read' | 'added' | 'updated' | 'unchanged' | 'skipped', isSpare = false) {
  return {
    id,
    header: words[id],
    align: 'end',
    isSpare,
    cell: (report: EntityReport) => formatCount(report[id]),
  } as const;
}

const COLUMNS: readonly Column<EntityReport>[] = [
  {
    id: 'entity',
    header: words.entity,
    rowHeader: true,
    cell: ({ entity, file, unmapped }) => (
      <>
        {entityName(entity)}
        <span className="cell-sub">
          <bdi>{file}</bdi>
          {unmapped.length === 0 ? null : ` · ${words.columnsLeftOut(unmapped.join(', '))}`}
        </span>
      </>
    ),
  },
  count('read'),
  count('added'),
  count('updated'),
  count('unchanged'),
  count('skipped', true),
  {
    id: 'aside',
    header: words.aside,
    align: 'end',
    cell: (report) => <KeptAside {...report} />,
  },
];

/** The name of a kind of record; the importer's own word for one that this release does not know. */
/** What Stripe's rows are counted under; its letters name the kinds of Stripe's own objects. */
const STRIPE = 'Stripe';

function KeptAside({ file, keptAside, reasons }: EntityReport) {
  const maySee = useMay('import');
  if (keptAside === 0) return formatCount(0);
  const why = reasons.map(({ code, count: rows }) => `${code} ${formatCount(rows)}`).join(', ');
  return (
    <>
      {maySee ? (
        <Link
          to="/data/dead-letters"
          search={{
            journal: 'journal',
            source: file === STRIPE ? undefined : file,
            code: reasons.length === 1 ? reasons[0]?.code : undefined,
          }}
          className="link bad inline-link"
        >
          {formatCount(keptAside)}
        </Link>
      ) : (
        <span className="bad">{formatCount(keptAside)}</span>
      )}
      <span className="cell-sub">{why}</span>
    </>
  );
}
