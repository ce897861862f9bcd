import type { ApiError } from '@keepwell/api';
import { Button, formatCount, Icon, Section, Skeleton } from '@keepwell/ui';
import type { ReactNode } from 'react';

import { Loaded } from '../shell/Loaded';
import { useMay } from '../shell/session';
import { texts } from '../texts';

export interface RowsSectionProps<Row> {
  readonly query: {
    readonly data: readonly Row[] | undefined;
    readonly error: ApiError | null;
    readonly refetch: () => Promise<unknown>;
  };
  /** How many rows are shown, and how many there are. */
  readonly shown?: readonly [shown: number, all: number] | undefined;
  /** The address of all rows as a file. */
  readonly csv?: string;
  readonly note?: string;
  readonly more?: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => Promise<unknown>;
  };
  readonly foot?: { readonly all?: ReactNode; readonly sum: string } | undefined;
  readonly children: (rows: readonly Row[]) => ReactNode;
}

/** The rows of a figure: the first of them, how many there are, their sum, and all of them as a file. */
export function RowsSection<Row>(props: RowsSectionProps<Row>) {
  const { query, shown, csv, note, foot, children } = props;
  const words = texts.figures;
  const count = shown && words.rowsShown(formatCount(shown[0]), formatCount(shown[1]));
  return (
    <Section
      title={words.rows}
      note={count}
      tools={csv === undefined ? undefined : <CsvLink address={csv} />}
    >
      <Loaded query={query} loading={<Skeleton label={words.loadingRows} lines={6} />}>
        {(rows) => (rows.length === 0 ? <p className="muted">{words.noRows}</p> : children(rows))}
      </Loaded>
      {foot === undefined ? null : (
        <div className="figures-foot">
          {foot.all ?? <MoreButton {...props} />}
          <span>{words.sum(foot.sum)}</span>
        </div>
      )}
      {note === undefined ? null : <p className="small">{note}</p>}
    </Section>
  );
}

function MoreButton<Row>({ more }: RowsSectionProps<Row>) {
  if (more?.hasNextPage !== true) return <span />;
  return (
    <Button
      emphasis="quiet"
      size="small"
      isDisabled={more.isFetchingNextPage}
      onPress={() => void more.fetchNextPage()}
    >
      {more.isFetchingNextPage ? texts.common.loading : texts.common.showMore}
    </Button>
  );
}

/** A link and not a call, so that the browser saves the file while it arrives. */
function CsvLink({ address }: { readonly address: string }) {
  if (!useMay('export')) return null;
  return (
    <a
      className="button button-quiet button-small"
      href={address}
      download
      aria-label={texts.figures.csvLabel}
    >
      <Icon name="download" />
      {texts.figures.csv}
    </a>
  );
}
