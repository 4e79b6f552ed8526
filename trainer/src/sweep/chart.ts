/*
 * Charts as SVG text. Vega-Lite would bring several megabytes and a renderer for one kind of chart.
 */

/** A point of a series; `low` and `high` are the ends of its error bar. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

export interface ChartSeries {
  readonly label: string;
  readonly points: readonly ChartPoint[];
  /** Points are marked and joined by a line unless this says that one is enough. */
  readonly style?: 'line' | 'marks';
}

export interface Chart {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly isLogX: boolean;
  /** Places on the x axis; default: round numbers. */
  readonly xTicks?: readonly { readonly x: number; readonly label: string }[];
  readonly series: readonly ChartSeries[];
}

const [WIDTH, HEIGHT] = [460, 340];
const FRAME = { left: 62, right: 14, top: 16, bottom: 48 };
const LEGEND_LINE = 16;
const CHARTS_PER_ROW = 3;
/** Okabe and Ito 2008: told apart by colour-blind eyes. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#8c6d31'];

/** Draws charts side by side as one SVG on white. */
export function chartsSvg(title: string, charts: readonly Chart[]): string {
  const legendLines = Math.max(...charts.map(({ series }) => (series.length > 1 ? series.length : 0)));
  const cellHeight = HEIGHT + legendLines * LEGEND_LINE + 16;
  const columns = Math.min(CHARTS_PER_ROW, charts.length);
  const [width, height] = [columns * WIDTH, 36 + Math.ceil(charts.length / columns) * cellHeight];
  const cells = charts.map((chart, i) => {
    const [x, y] = [(i % columns) * WIDTH, 36 + Math.floor(i / columns) * cellHeight];
    return `<g transform="translate(${x} ${y})">${drawChart(chart)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="#222">
<rect width="100%" height="100%" fill="#fff"/>
<text x="14" y="23" font-size="15" font-weight="600">${escapeXml(title)}</text>
${cells.join('\n')}
</svg>
`;
}

/** Maps values to places in the frame. */
interface Axes {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

function drawChart(chart: Chart): string {
  const points = chart.series.flatMap((series) => series.points);
  const [minX, maxX] = widened(bounds(points.map(({ x }) => (chart.isLogX ? Math.log(x) : x))), 0.04);
  const [minY, maxY] = widened(bounds(points.flatMap(({ y, low = y, high = y }) => [low, high])), 0.06);
  const axes: Axes = {
    x: (value) => {
      const share = ((chart.isLogX ? Math.log(value) : value) - minX) / (maxX - minX);
      return FRAME.left + share * (WIDTH - FRAME.left - FRAME.right);
    },
    y: (value) => HEIGHT - FRAME.bottom - ((value - minY) / (maxY - minY)) * (HEIGHT - FRAME.top - FRAME.bottom),
  };
  const xTicks = chart.xTicks ?? roundTicks(minX, maxX).map((x) => ({ x, label: tickText(x) }));
  return [
    frame(chart, axes, xTicks, roundTicks(minY, maxY)),
    ...chart.series.map((series, i) => drawSeries(series, axes, COLOURS[i % COLOURS.length]!)),
    chart.series.length > 1 ? legend(chart.series) : '',
  ].join('');
}

function frame(
  { xLabel, yLabel }: Chart,
  { x, y }: Axes,
  xTicks: NonNullable<Chart['xTicks']>,
  yTicks: readonly number[],
): string {
  const [left, right, top, bottom] = [FRAME.left, WIDTH - FRAME.right, FRAME.top, HEIGHT - FRAME.bottom];
  const across = yTicks.map(
    (tick) =>
      `<path d="M${round(left)} ${round(y(tick))}H${round(right)}" stroke="#ddd"/><text x="${round(left - 6)}" y="${round(y(tick) + 4)}" text-anchor="end">${tickText(tick)}</text>`,
  );
  const down = xTicks.map(
    (tick) =>
      `<path d="M${round(x(tick.x))} ${round(bottom)}v5" stroke="#222"/><text x="${round(x(tick.x))}" y="${round(bottom + 18)}" text-anchor="middle">${escapeXml(tick.label)}</text>`,
  );
  return [
    ...across,
    ...down,
    `<path d="M${round(left)} ${round(top)}V${round(bottom)}H${round(right)}" stroke="#222" fill="none"/>`,
    `<text x="${round((left + right) / 2)}" y="${round(bottom + 37)}" text-anchor="middle">${escapeXml(xLabel)}</text>`,
    `<text transform="translate(15 ${round((top + bottom) / 2)}) rotate(-90)" text-anchor="middle">${escapeXml(yLabel)}</text>`,
  ].join('');
}

function drawSeries({ points, style }: ChartSeries, { x, y }: Axes, colour: string): string {
  const sorted = [...points].sort((a, b) => a.x - b.x);
  const path = sorted.map((point, i) => `${i === 0 ? 'M' : 'L'}${round(x(point.x))} ${round(y(point.y))}`).join('');
  const line =
    sorted.length > 1 && style !== 'marks'
      ? `<path d="${path}" stroke="${colour}" stroke-width="1.6" fill="none"/>`
      : '';
  if (style === 'line') return line;
  const marks = sorted.map((point) => {
    const bar =
      point.low === undefined || point.high === undefined
        ? ''
        : `<path d="M${round(x(point.x))} ${round(y(point.low))}V${round(y(point.high))}" stroke="${colour}" stroke-opacity="0.45"/>`;
    return `${bar}<circle cx="${round(x(point.x))}" cy="${round(y(point.y))}" r="3.5" fill="${colour}"/>`;
  });
  return line + marks.join('');
}

function legend(series: readonly ChartSeries[]): string {
  const lines = series.map(({ label }, i) => {
    const y = HEIGHT + 8 + i * LEGEND_LINE;
    const colour = COLOURS[i % COLOURS.length]!;
    return `<path d="M${round(FRAME.left)} ${round(y - 4)}h18" stroke="${colour}" stroke-width="3"/><text x="${round(FRAME.left + 24)}" y="${round(y)}">${escapeXml(label)}</text>`;
  });
  return lines.join('');
}

function bounds(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** Leaves room on both sides; a single value gets room for itself. */
function widened([low, high]: readonly [number, number], share: number): [number, number] {
  const room = high > low ? (high - low) * share : Math.abs(high) * share || 1;
  return [low - room, high + room];
}

/** Four to eight round numbers within bounds. */
function roundTicks(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

function tickText(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
