import type { ApiError, ChurnKind } from '@keepwell/api';
import { EmptyState, formatCount, formatMoney, Icon } from '@keepwell/ui';

import { LoadMore } from '../shell/LoadMore';
import { useMay } from '../shell/session';
import { texts } from '../texts';
import { KeyBar } from './KeyBar';
import { totalOf, type LoadedSaveList } from './save-list';
import { SaveListTable } from './SaveListTable';
import { useListKeys } from './use-list-keys';

export interface ListRowsProps {
  readonly list: LoadedSaveList;
  readonly kind: ChurnKind | undefined;
  readonly query: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly isFetchNextPageError: boolean;
    readonly error: ApiError | null;
    readonly fetchNextPage: () => Promise<unknown>;
  };
}

/** The rows of a tab, with their sum over them and their keys under them. */
export function ListRows({ list, kind, query }: ListRowsProps) {
  const chosen = useListKeys(list.items);
  const mayExport = useMay('export');
  const { accounts, atRisk } = totalOf(list, kind);
  if (list.items.length === 0) {
    const { title, detail } = texts.saveList.nobody;
    return (
      <EmptyState title={title} icon="check">
        {detail}
      </EmptyState>
    );
  }
  return (
    <>
      <div className="save-list-bar">
        <span className="small">
          {atRisk === null
            ? texts.listLabels.these(formatCount(accounts))
            : texts.saveList.atRiskIn(formatMoney(atRisk, list.currency), formatCount(accounts))}
        </span>
        {mayExport ? (
          <a
            className="button button-quiet button-small not-phone"
            href={kind === undefined ? '/v1/save-list.csv' : `/v1/save-list.csv?kind=${kind}`}
            download
          >
            <Icon name="download" />
            {texts.saveList.export}
          </a>
        ) : null}
      </div>
      <SaveListTable
        rows={list.items}
        currency={list.currency}
        money={list.model?.label.money ?? 'mrr'}
        chosen={chosen}
      />
      <LoadMore
        query={query}
        shown={list.items.length}
        total={accounts}
        onMore={() => void query.fetchNextPage()}
      />
      <KeyBar />
    </>
  );
}
