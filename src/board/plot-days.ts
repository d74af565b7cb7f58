/** Days as a plot. A file of its own: uPlot is fetched when somebody looks at the metrics. */
import UPlot from 'uplot';
import type { DayFigures } from '../views/metrics-view.ts';

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** `15 Nov`, of seconds since 1970. */
function dayOf(time: number): string {
  return dayFormat.format(time * 1_000);
}

/** Draws into `place`, which is emptied when it is destroyed. */
export function plotDays(place: HTMLElement, days: readonly DayFigures[]): { destroy: () => void } {
  // A canvas knows neither variables nor `light-dark()`: a colour is what an element has of it.
  const probe = place.appendChild(document.createElement('i'));
  const colour = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const axis = {
    stroke: colour('--ink3'),
    grid: { stroke: colour('--rule'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui',
  };
  const line = (label: string, stroke: string, dash: number[] = []): UPlot.Series => ({
    label,
    stroke,
    width: 1.75,
    dash,
    points: { show: days.length < 20, size: 5 },
  });
  const plot = new UPlot(
    {
      width: Math.max(280, place.clientWidth),
      height: 200,
      // Days are UTC's, as everywhere in the metrics: a line of the grid stands at the day, not at the reader's midnight.
      tzDate: (time) => UPlot.tzDate(new Date(time * 1_000), 'Etc/UTC'),
      legend: { show: true, live: false },
      cursor: { show: false },
      scales: { x: { time: true } },
      axes: [
        { ...axis, values: (_plot, times) => times.map(dayOf) },
        { ...axis, size: 36 },
      ],
      series: [
        {},
        line('completed', colour('--run')),
        line('failed', colour('--bad'), [4, 3]),
        line('open', colour('--done'), [1, 3]),
      ],
    },
    [
      days.map(({ day }) => Date.parse(day) / 1_000),
      days.map(({ completed }) => completed),
      days.map(({ failed }) => failed),
      days.map(({ open }) => open),
    ],
    place,
  );
  probe.remove();
  return { destroy: () => plot.destroy() };
}
