import type { Figures } from '@keepwell/api';
import { Figure, FigureBand } from '@keepwell/ui';

import { texts } from '../../texts';
import { useJudged } from '../report/judged';
import { likely, of100, score } from '../report/model-text';
import { useModelSearch } from '../report/use-model-search';

const words = texts.models.closer;

interface BandFigure {
  readonly id: 'ranking' | 'gain' | 'departures' | 'money';
  readonly value: string;
  readonly range: string;
  readonly note: string;
}

/** Whether the chances rank, help, and add up, in accounts and in money. */
export function FiguresBand({ figures }: { readonly figures: Figures }) {
  const { open } = useModelSearch();
  const judged = useJudged();
  const { roc_auc: auc, gain, expected_over_departed: departures, revenue } = figures;
  const shown: readonly BandFigure[] = [
    { id: 'ranking', value: words.of100(of100(auc.value)), range: likely(auc, of100), note: words.coin },
    { id: 'gain', value: score(4)(gain.value), range: likely(gain, score(4)), note: words.overRate },
    {
      id: 'departures',
      value: score(2)(departures.value),
      range: likely(departures, score(2)),
      note: words.exact,
    },
    revenue.ratio === null
      ? { id: 'money', value: texts.common.unknown, range: '', note: words.noneLost }
      : {
          id: 'money',
          value: score(2)(revenue.ratio.value),
          range: likely(revenue.ratio, score(2)),
          note: words.exact,
        },
  ];
  return (
    <FigureBand label={words.band}>
      {shown.map(({ id, value, range, note }) => (
        <Figure
          key={id}
          label={id === 'departures' ? judged.departures : words[id]}
          value={value}
          change={range}
          note={note}
          onOpen={() => {
            open(id);
          }}
        />
      ))}
    </FigureBand>
  );
}
