import type { Figures } from '@keepwell/api';
import { ChartSection, ReliabilityPlot, ReliabilityTable } from '@keepwell/ui';

import { texts } from '../../texts';
import { useJudged } from '../report/judged';
import { calibrationText } from '../report/model-text';
import { SectionNote } from '../report/SectionNote';

const words = texts.models.reliability;

/** Predicted chances against what happened, with the error beside that of a perfect model of the same size. */
export function ReliabilitySection({ figures }: { readonly figures: Figures }) {
  const { axes, label } = useJudged().reliability;
  const groups = figures.reliability.map((bin, index) => ({
    id: String(index),
    predicted: bin.predicted,
    observed: bin.departed,
    low: bin.departed_low,
    high: bin.departed_high,
    count: bin.snapshots,
  }));
  return (
    <>
      <ChartSection
        title={words.title}
        note={<SectionNote definition="calibration-error" />}
        chart={<ReliabilityPlot label={label} groups={groups} />}
        table={<ReliabilityTable label={label} groups={groups} />}
      />
      <p className="chart-summary">{axes}</p>
      <p className="models-say">{calibrationText(figures)}</p>
    </>
  );
}
