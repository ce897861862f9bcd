import { uiTexts } from '../texts';
import { tickLabels } from './core/domain';
import type { FormatTick } from './core/model';
import { positionsOf } from './core/positions';
import { stepText, type FormatStep, type WaterfallStep } from './core/step';
import { summarizeWaterfall } from './core/summary';
import { layWaterfall, type WaterfallMark } from './core/waterfall';
import { Plot } from './Plot';

export interface WaterfallChartProps {
  /** What the chart shows. */
  readonly label: string;
  readonly steps: readonly WaterfallStep[];
  readonly format: FormatStep;
  /** Writes the amount over a mark: at most about eight characters. */
  readonly formatShort: FormatStep;
  /** Writes it in a narrow chart: at most about six. */
  readonly formatCompact: FormatStep;
  readonly formatTick: FormatTick;
  /** Opens the rows behind a step. */
  readonly onOpen?: (stepId: string) => void;
}

/** How an amount became another: levels are lines, changes are bars between them. */
export function WaterfallChart(props: WaterfallChartProps) {
  const { label, steps, format, formatTick, onOpen } = props;
  const waterfall = layWaterfall(steps);
  const { domain, marks } = waterfall;
  const lefts = positionsOf(steps.length, 'bands');
  const open = (index: number) => {
    const step = steps[index];
    if (step !== undefined) onOpen?.(step.id);
  };
  return (
    <Plot
      label={label}
      summary={summarizeWaterfall(waterfall, format)}
      domain={domain}
      yTicks={tickLabels(domain.ticks, formatTick)}
      xTicks={steps.map((step, index) => ({
        left: lefts[index] ?? 0,
        label: <StepLabel step={step} />,
        room: 'narrow',
      }))}
      lefts={lefts}
      textOf={(index) => textOf(steps[index], format)}
      onOpen={onOpen === undefined ? undefined : open}
      marks={marks.map((mark, index) => (
        <Mark key={mark.step.id} mark={mark} next={marks[index + 1]} />
      ))}
      words={marks.map((mark, index) => (
        <Amount key={mark.step.id} mark={mark} left={lefts[index] ?? 0} formats={props} />
      ))}
    />
  );
}

function textOf(step: WaterfallStep | undefined, format: FormatStep) {
  if (step === undefined) return { title: '', lines: [] };
  return { title: step.label, lines: [{ label: '', text: stepText(step, format) }] };
}

function StepLabel({ step: { label, short = label, tick } }: { readonly step: WaterfallStep }) {
  return <ByRoom full={short} compact={tick} />;
}

/** Words that are shorter in a narrow chart. */
function ByRoom({ full, compact }: { readonly full: string; readonly compact: string }) {
  return (
    <>
      <span className="chart-full">{full}</span>
      <span className="chart-compact">{compact}</span>
    </>
  );
}

interface MarkProps {
  readonly mark: WaterfallMark;
  readonly next: WaterfallMark | undefined;
}

function Mark({ mark: { step, left, width, box, end }, next }: MarkProps) {
  const right = left + width;
  return (
    <>
      {box === null ? null : step.kind === 'level' ? (
        <line className="chart-level" x1={left} x2={right} y1={box.top} y2={box.top} />
      ) : (
        <rect
          className="chart-bars"
          style={{ fill: step.color }}
          x={left}
          y={box.top}
          width={width}
          height={box.height}
        />
      )}
      {end === null || next === undefined ? null : (
        <line className="chart-join" x1={right} x2={next.left} y1={end} y2={end} />
      )}
    </>
  );
}

interface AmountProps {
  readonly mark: WaterfallMark;
  readonly left: number;
  readonly formats: Pick<WaterfallChartProps, 'formatShort' | 'formatCompact'>;
}

/** The amount over its mark; under it if the mark leads down. */
function Amount({ mark: { step, box, end }, left, formats }: AmountProps) {
  if (box === null) {
    return (
      <span className="chart-amount chart-amount-unknown" style={{ left: `${left}%` }}>
        {uiTexts().unknown}
      </span>
    );
  }
  const leadsDown = step.kind === 'change' && end !== null && end > box.top;
  return (
    <span
      className={leadsDown ? 'chart-amount chart-amount-below' : 'chart-amount'}
      style={{ left: `${left}%`, top: `${leadsDown ? box.top + box.height : box.top}%` }}
    >
      <ByRoom full={stepText(step, formats.formatShort)} compact={stepText(step, formats.formatCompact)} />
    </span>
  );
}
