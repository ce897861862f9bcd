import type { Figures, Population } from '@keepwell/api';
import { Facts, formatMoney, Sheet } from '@keepwell/ui';

import { texts } from '../texts';
import { decimalOf } from './report/curves';
import { useJudged, type JudgedWords } from './report/judged';
import { calibrationText, of100, ranged, score } from './report/model-text';
import type { DefinitionId } from './report/search';

const words = texts.models;

export interface DefinitionSheetProps {
  readonly id: DefinitionId;
  readonly population: Population | undefined;
  readonly currency: string;
  readonly onClose: () => void;
}

/** What a figure is, how to read it, and what it is here. */
export function DefinitionSheet({ id, population, currency, onClose }: DefinitionSheetProps) {
  const judged = useJudged();
  const { title, means, read } = judged.definitions[id];
  const figures = population?.figures ?? null;
  const here = figures === null ? null : (HERE[id]?.(figures, judged.threshold, currency) ?? null);
  return (
    <Sheet
      title={title}
      note={here === null || population === undefined ? undefined : judged.populations.tabs[population.name]}
      closeLabel={texts.common.close}
      onClose={onClose}
    >
      <Facts
        facts={[
          [words.sheet.means, means],
          [words.sheet.read, read],
          [words.sheet.here, here],
        ]}
      />
    </Sheet>
  );
}

type HereText = (figures: Figures, rule: JudgedWords['threshold'], currency: string) => string;

/** Of figures that are single numbers; a curve has its plot. */
const HERE: Partial<Record<DefinitionId, HereText>> = {
  ranking: ({ roc_auc: auc }) => ranged(auc, of100),
  roc: ({ roc_auc: auc }) => ranged(auc, of100),
  'precision-recall': ({ pr_auc: auc }) => ranged(auc, score(3)),
  gain: ({ gain }) => ranged(gain, score(4)),
  departures: ({ expected_over_departed: found }) => ranged(found, score(2)),
  money: ({ revenue: { ratio } }) => (ratio === null ? words.closer.noneLost : ranged(ratio, score(2))),
  'calibration-error': calibrationText,
  threshold: ({ decisions }, { rule }, currency) =>
    rule(formatMoney(decimalOf(decisions.from_revenue_at_risk), currency)),
};
