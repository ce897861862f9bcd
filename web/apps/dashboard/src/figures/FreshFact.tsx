import type { SourceState } from '@keepwell/api';
import { formatCount, formatRecentMoment } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { sourcesQuery } from '../queries/data/sources';
import { texts } from '../texts';

const words = texts.figures.fresh;

/** Up to when the sources of the figures reach, and how many of their rows are in no figure. */
export function FreshFact() {
  const { data, error } = useQuery(sourcesQuery());
  if (data === undefined) return error === null ? texts.common.loading : texts.common.unknown;
  const used = data.items.filter(({ newest_at: newest }) => newest !== null);
  return (
    <>
      {used.length === 0 ? words.none : used.map(reach).join(words.between)}
      <KeptAside sources={data.items} />
    </>
  );
}

function reach({ kind, newest_at: newest }: SourceState): string {
  return words[kind](newest === null ? texts.common.unknown : formatRecentMoment(newest));
}

function KeptAside({ sources }: { readonly sources: readonly SourceState[] }) {
  const rows = sources.reduce((total, { kept_aside: kept }) => total + kept, 0);
  if (rows === 0) return null;
  const count = formatCount(rows);
  const isCut = sources.some(({ has_more_kept_aside: hasMore }) => hasMore);
  return (
    <span className="cell-sub">{words.keptAside(isCut ? words.atLeast(count) : count, rows === 1)}</span>
  );
}
