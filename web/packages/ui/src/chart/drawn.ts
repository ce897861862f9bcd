/** Everything that draws, in one file of the build: it is loaded when the first chart is shown. */

export { BarChart } from './BarChart';
export { HeatTable } from './HeatTable';
export { IntervalDots } from './IntervalDots';
export { LineChart } from './LineChart';
export { ReliabilityPlot } from './ReliabilityPlot';
export { Sparkline } from './Sparkline';
export { WaterfallChart } from './WaterfallChart';
