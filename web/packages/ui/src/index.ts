export { Button, type ButtonProps } from './Button';
export { Callout, type CalloutProps } from './Callout';
export { ChartSection } from './chart/ChartSection';
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
  type FormatTick,
  type FormatValue,
} from './chart/core/model';
export type { ReliabilityGroup } from './chart/core/reliability';
export type { FormatStep, WaterfallStep } from './chart/core/step';
export { annotationColumns, ChartTable, ReliabilityTable, WaterfallTable } from './chart/tables';
export { CheckField } from './CheckField';
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
export { FilterChip, SelectField } from './SelectField';
export { Skeleton } from './Skeleton';
export { Table } from './Table';
export type { Column, SortDirection } from './table-cells';
export { WindowedTable, type WindowedTableHandle } from './WindowedTable';
export { TextArea } from './TextArea';
export { FieldNote, TextField } from './TextField';
export { applyTheme, rememberedTheme } from './theme/theme';
export { ThemeSwitch } from './theme/ThemeSwitch';
export { Dialog } from './Dialog';
export { Facts, type Fact } from './Facts';
export { Change, Figure, FigureBand, LoadingBand } from './Figure';
export { Keys } from './Key';
export { Menu } from './Menu';
export { Section } from './Section';
export { Sheet } from './Sheet';
export { Tag, type TagTone } from './Tag';
export { englishUiTexts, setUiTexts, type UiTexts } from './texts';
export { WindowedList, type WindowedListProps } from './WindowedList';
