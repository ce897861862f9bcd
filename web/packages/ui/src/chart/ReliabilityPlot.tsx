import { fromLeft, tickLabels } from './core/domain';
import { layReliability, type ReliabilityGroup, type ReliabilityMark } from './core/reliability';
import { summarizeReliability } from './core/summary';
import { uiTexts } from '../texts';
import { formatCount, formatProbability } from '../format/number';
import { Plot } from './Plot';

export interface ReliabilityPlotProps {
  /** What the chart shows. */
  readonly label: string;
  readonly groups: readonly ReliabilityGroup[];
  /** Opens the rows behind a group. */
  readonly onOpen?: (groupId: string) => void;
}

/** Predicted against observed: on the dotted diagonal, predictions come true as often as they say. */
export function ReliabilityPlot({ label, groups, onOpen }: ReliabilityPlotProps) {
  const { domain, marks } = layReliability(groups);
  const yTicks = tickLabels(domain.ticks, formatTick);
  const open = (index: number) => {
    const mark = marks[index];
    if (mark !== undefined) onOpen?.(mark.group.id);
  };
  return (
    <Plot
      label={label}
      summary={summarizeReliability(groups, formatProbability)}
      domain={domain}
      yTicks={yTicks}
      xTicks={yTicks.map((tick) => ({
        left: fromLeft(tick.value, domain),
        label: tick.label,
        room: 'narrow',
      }))}
      lefts={marks.map(({ left }) => left)}
      textOf={(index) => textOf(marks[index]?.group)}
      onOpen={onOpen === undefined ? undefined : open}
      marks={
        <>
          <line className="chart-diagonal" x1="0" x2="100" y1="100" y2="0" />
          {marks.map((mark) => (
            <Group key={mark.group.id} mark={mark} />
          ))}
        </>
      }
    />
  );
}

function Group({ mark: { left, top, interval, size } }: { readonly mark: ReliabilityMark }) {
  if (top === null) return null;
  return (
    <>
      {interval === null ? null : (
        <line className="chart-whisker" x1={left} x2={left} y1={interval.top} y2={interval.bottom} />
      )}
      <path className="chart-dot" style={{ strokeWidth: size }} d={`M${left} ${top}h0`} />
    </>
  );
}

function textOf(group: ReliabilityGroup | undefined) {
  if (group === undefined) return { title: '', lines: [] };
  const { predicted, observed, count } = group;
  return {
    title: uiTexts().chart.predictions(formatCount(count)),
    lines: [
      { label: uiTexts().tables.predicted, text: formatProbability(predicted) },
      {
        label: uiTexts().tables.observed,
        text: observed === null ? uiTexts().unknown : formatProbability(observed),
      },
    ],
  };
}

function formatTick(value: number, places: number): string {
  return new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: places - 1 }).format(
    value,
  );
}
