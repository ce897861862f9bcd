import type { ChurnModel } from '@keepwell/api';
import { Command, formatDay, formatRecentMoment } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { pairsRight } from '../risk/pairs-right';
import { useCommandSuffix } from '../shell/command-line';
import { Freshness } from '../shell/Page';
import { texts } from '../texts';
import type { LoadedSaveList } from './save-list';

const words = texts.saveList;

function howGood(model: ChurnModel): string {
  if (model.signal === 'suspect') return words.provesNothing;
  const pairs = pairsRight(model);
  return pairs === null ? words.howTested : words.ranks(pairs.right, pairs.low, pairs.high);
}

/** When the list was made, from which data, and how far to trust it, in one line. */
export function ListFreshness({
  list: { scored_at, as_of, model, outdated },
}: {
  readonly list: LoadedSaveList;
}) {
  const suffix = useCommandSuffix();
  if (model === null || scored_at === null) return null;
  return (
    <>
      <Freshness>
        {words.scored(formatRecentMoment(scored_at))}
        {as_of === null ? null : ` ${words.fromDataTo(formatDay(as_of))}`} {words.by}{' '}
        <Link to="/models/$version" params={{ version: String(model.version) }} className="inline-link">
          {words.itsModel(model.version)}
        </Link>{' '}
        ·{' '}
        <Link to="/save-list" search={(search) => ({ ...search, sheet: 'model' })} className="inline-link">
          {howGood(model)}
        </Link>
      </Freshness>
      {outdated ? (
        <span className="small warn">
          {words.outdated} <Command>{`./keepwell churn run${suffix}`}</Command>
        </span>
      ) : null}
    </>
  );
}
