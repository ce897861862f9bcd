import type { ModelReport } from '@keepwell/api';
import { formatCount, formatDay, formatScore } from '@keepwell/ui';

import { SheetLink } from '../figures/SheetLink';
import { texts } from '../texts';
import { useJudged, type JudgedWords } from './report/judged';
import { of100 } from './report/model-text';
import { useModelSearch } from './report/use-model-search';

const words = texts.models.untouched;

/** The choice has seen all days, so beside the other figures stands a test on days that it has not. */
export function UntouchedTest({ untouched }: Pick<ModelReport, 'untouched'>) {
  const { open } = useModelSearch();
  const judged = useJudged().untouched;
  return (
    <p className="models-statement">
      <SheetLink
        onOpen={() => {
          open('untouched');
        }}
      >
        {words.title}
      </SheetLink>
      : {untouched === null ? judged.none : testText(untouched, judged)}
    </p>
  );
}

function testText(test: NonNullable<ModelReport['untouched']>, { size }: JudgedWords['untouched']): string {
  const { since, rung, roc_auc: auc, log_loss: loss, log_loss_base: base, departed, snapshots } = test;
  return [
    words.text(formatDay(since), texts.models.rungs[rung]),
    words.found(of100(auc), formatScore(loss, 4), formatScore(base, 4)),
    size(formatCount(departed), formatCount(snapshots)),
  ].join(' ');
}
