import {
  Bar,
  BarChart,
  CartesianGrid,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
  type TooltipContentProps,
} from 'recharts';

import { presentValues, tickCount, type BarGroup, type BarSeries, type BarsProps } from './bars';

/** Bars, stacked separately above and below zero. Loaded on demand, because Recharts is large. */
export default function StackedBars({ label, series, groups, formatAxis }: BarsProps) {
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart
        data={[...groups]}
        stackOffset="sign"
        margin={{ top: 4, right: 0, bottom: 0, left: 0 }}
        maxBarSize={36}
        barCategoryGap="22%"
        aria-label={label}
      >
        <CartesianGrid vertical={false} stroke="var(--grid-line)" />
        <XAxis
          dataKey="tick"
          tickLine={false}
          axisLine={false}
          height={24}
          minTickGap={12}
          interval="preserveStartEnd"
        />
        <YAxis
          tickFormatter={formatAxis}
          tickLine={false}
          axisLine={false}
          width="auto"
          tickCount={tickCount(groups)}
          allowDecimals={false}
        />
        <ReferenceLine y={0} stroke="var(--border-strong)" />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: 'var(--surface-sunken)' }}
          content={(state) => <GroupTooltip state={state} series={series} />}
        />
        {series.map((one) => (
          <Bar
            key={one.id}
            name={one.label}
            dataKey={(group: BarGroup) => group.values[one.id]?.plot ?? 0}
            stackId="movements"
            fill={one.color}
            isAnimationActive={false}
          />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}

interface GroupTooltipProps {
  readonly state: TooltipContentProps;
  readonly series: readonly BarSeries[];
}

function GroupTooltip({ state, series }: GroupTooltipProps) {
  const group = state.payload[0]?.payload as BarGroup | undefined;
  if (!state.active || group === undefined) return null;
  const values = presentValues(series, group);
  return (
    <div className="chart-tooltip">
      <p className="chart-tooltip-title">{group.label}</p>
      {values.length === 0 ? <p className="muted">Nothing happened</p> : null}
      <dl>
        {values.map(([one, value]) => (
          <div key={one.id}>
            <dt>
              <span className="chart-swatch" style={{ background: one.color }} />
              {one.label}
            </dt>
            <dd>{value.text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
