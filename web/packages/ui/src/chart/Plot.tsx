import { useId, type ReactNode } from 'react';

import { uiTexts } from '../texts';
import { fromTop, type Domain, type Tick } from './core/domain';
import { spokenText, type PointText } from './core/point-text';
import type { TickRoom } from './core/positions';
import { PointTip } from './PointTip';
import { useWalk } from './use-walk';

export interface PlotTick {
  readonly left: number;
  readonly label: ReactNode;
  readonly room: TickRoom;
}

export interface PlotProps {
  /** What the chart shows; the name of the figure. */
  readonly label: string;
  /** What a reader would take away from it. */
  readonly summary: string;
  readonly domain: Domain;
  readonly yTicks: readonly Tick[];
  readonly xTicks: readonly PlotTick[];
  /** Where the points lie, in percent from the left, in ascending order. */
  readonly lefts: readonly number[];
  readonly textOf: (index: number) => PointText;
  /** Opens the rows behind a point. */
  readonly onOpen?: ((index: number) => void) | undefined;
  /** SVG in a square of 100 by 100, stretched to the chart. */
  readonly marks: ReactNode;
  /** HTML over the marks, placed in percent: words keep their size at every width. */
  readonly words?: ReactNode;
  /** HTML beside the chart: labels of the ends of lines. */
  readonly ends?: ReactNode;
}

/**
 * The frame of a chart: its axes, and one tab stop from which arrow keys walk from point to point. It is a slider for
 * assistive technology, because that speaks the value of the point that is reached.
 */
export function Plot(props: PlotProps) {
  const { label, summary, lefts, textOf, onOpen, marks, words, ends } = props;
  const summaryId = useId();
  const { active, at, handlers } = useWalk(lefts, onOpen);
  if (lefts.length === 0) return <p className="chart-nothing muted">{uiTexts().chart.nothing}</p>;
  return (
    <div className="chart-plot">
      <YTicks {...props} />
      <div
        className={onOpen === undefined ? 'chart-area' : 'chart-area chart-area-opens'}
        role="slider"
        tabIndex={0}
        aria-label={uiTexts().chart.points(label)}
        aria-describedby={summaryId}
        aria-orientation="horizontal"
        aria-valuemin={1}
        aria-valuemax={lefts.length}
        aria-valuenow={at + 1}
        aria-valuetext={spokenText(textOf(at))}
        {...handlers}
      >
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" focusable="false">
          <GridLines {...props} />
          {active === null ? null : (
            <line className="chart-cursor" x1={lefts[active]} x2={lefts[active]} y1="0" y2="100" />
          )}
          {marks}
        </svg>
        {words}
        {active === null ? null : <PointTip left={lefts[active] ?? 0} text={textOf(active)} />}
      </div>
      {ends === undefined ? null : (
        <div className="chart-ends" aria-hidden="true">
          {ends}
        </div>
      )}
      <XTicks {...props} />
      <p className="visually-hidden" id={summaryId}>
        {summary} {onOpen === undefined ? uiTexts().chart.walk : uiTexts().chart.walkAndOpen}
      </p>
    </div>
  );
}

function YTicks({ domain, yTicks }: PlotProps) {
  return (
    <div className="chart-y" aria-hidden="true">
      {yTicks.map(({ value, label }) => (
        <span key={value} style={{ top: `${fromTop(value, domain)}%` }}>
          {label}
        </span>
      ))}
    </div>
  );
}

function XTicks({ xTicks }: PlotProps) {
  return (
    <div className="chart-x" aria-hidden="true">
      {xTicks.map(({ left, label, room }) => (
        <span
          key={left}
          className={left > 98 ? `chart-x-${room} chart-x-end` : `chart-x-${room}`}
          style={{ left: `${left}%` }}
        >
          {label}
        </span>
      ))}
    </div>
  );
}

function GridLines({ domain, yTicks }: PlotProps) {
  return yTicks.map(({ value }) => {
    const top = fromTop(value, domain);
    return <line key={value} className="chart-grid" x1="0" x2="100" y1={top} y2={top} />;
  });
}
