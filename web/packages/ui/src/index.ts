export { Badge, type BadgeTone } from './Badge';
export { Button } from './Button';
export { Callout, type CalloutProps } from './Callout';
export { Card } from './Card';
export { ChartCard } from './chart/ChartCard';
export * from './chart/charts';
export type { HeatRow } from './chart/core/heat';
export type { Interval } from './chart/core/intervals';
export {
  countValue,
  isFlat,
  type ChartAnnotation,
  type ChartData,
  type ChartPoint,
  type ChartSeries,
  type ChartValue,
} from './chart/core/model';
export type { ReliabilityGroup } from './chart/core/reliability';
export type { FormatStep, WaterfallStep } from './chart/core/step';
export { ChartTable, ReliabilityTable, WaterfallTable } from './chart/tables';
export { Command } from './Command';
export { EmptyState } from './EmptyState';
export { ErrorState } from './ErrorState';
export * from './format/date';
export * from './format/money';
export * from './format/number';
export { Icon, type IconName } from './Icon';
export { Money, MoneyFigure } from './Money';
export { SearchField } from './SearchField';
export { SegmentedControl, type Choice } from './SegmentedControl';
export { SelectField } from './SelectField';
export { Skeleton } from './Skeleton';
export { Change, Stat, StatRow } from './Stat';
export { Table, type Column, type SortDirection } from './Table';
export { TextField } from './TextField';
export { applyTheme, rememberedTheme } from './theme/theme';
export { ThemeSwitch } from './theme/ThemeSwitch';
