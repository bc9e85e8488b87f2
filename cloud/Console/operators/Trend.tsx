import { LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import * as charts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import type { Formats } from '../src/words/formats';
import type { TrendPoint } from './useLiveFloor';

charts.use([LineChart, GridComponent, TooltipComponent, SVGRenderer]);

/** Visitors and members over the time this page has been open. */
export default function Trend({
  points,
  formats,
  names,
}: {
  points: TrendPoint[];
  formats: Formats;
  names: [string, string];
}) {
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<charts.EChartsType>(undefined);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const made = charts.init(element, undefined, { renderer: 'svg' });
    chart.current = made;
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = undefined;
    };
  }, []);

  useEffect(() => {
    const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const span = (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0);
    const time = (at: number) => (span < 300_000 ? formats.seconds : formats.time)(new Date(at).toISOString());
    const line = (name: string, ink: string, read: (p: TrendPoint) => number, fill: boolean) => ({
      name,
      type: 'line' as const,
      showSymbol: false,
      lineStyle: { width: 2.5, color: ink },
      itemStyle: { color: ink },
      ...(fill ? { areaStyle: { color: ink, opacity: 0.14 } } : {}),
      data: points.map((p) => [p.at, read(p)]),
    });
    chart.current?.setOption({
      animation: false,
      textStyle: { fontFamily: colour('--sans') },
      grid: { left: 4, right: 8, top: 12, bottom: 2, containLabel: true },
      tooltip: {
        trigger: 'axis',
        backgroundColor: colour('--card'),
        borderColor: colour('--line'),
        textStyle: { color: colour('--ink') },
        // Names are ours, yet the tooltip is HTML: values go in as numbers, nothing else does.
        valueFormatter: (value: unknown) => formats.number(Number(value)),
        axisPointer: { label: { show: false } },
      },
      xAxis: {
        type: 'time',
        axisLabel: { color: colour('--ink-3'), formatter: time, hideOverlap: true },
        axisLine: { lineStyle: { color: colour('--line') } },
        axisTick: { show: false },
        splitNumber: 3,
      },
      yAxis: {
        type: 'value',
        minInterval: 1,
        axisLabel: { color: colour('--ink-3'), formatter: (n: number) => formats.number(n) },
        splitLine: { lineStyle: { color: colour('--line') } },
        splitNumber: 3,
      },
      series: [
        line(names[0], colour('--glow'), (p) => p.visitors, true),
        line(names[1], colour('--lake'), (p) => p.members, false),
      ],
    });
  }, [points, formats, names]);

  const newest = points.at(-1);
  return (
    <>
      <div className="row small trend-key">
        <span className="row">
          <i className="stroke glow" aria-hidden="true" /> {names[0]}
        </span>
        <span className="row">
          <i className="stroke lake" aria-hidden="true" /> {names[1]}
        </span>
      </div>
      <div
        className="trend"
        ref={frame}
        role="img"
        aria-label={newest === undefined ? '' : `${names[0]} ${newest.visitors}, ${names[1]} ${newest.members}`}
      />
    </>
  );
}
