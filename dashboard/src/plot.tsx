import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { bytesOf } from "./format";
import { useMedia, useWidth } from "./ui";

export interface Series {
  label: string;
  /** The name of a colour of the style sheet. */
  colour: string;
  values: (number | null)[];
}

const HEIGHT = 150;

function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Curves over seconds, in bytes. */
export function Plot(props: { label: string; unit: string; times: number[]; series: Series[] }) {
  const [box, width] = useWidth();
  const isDark = useMedia("(prefers-color-scheme: dark)");
  const plot = useRef<uPlot>();
  const names = props.series.map((each) => each.label).join();
  useEffect(() => {
    if (!box.current || width === 0) return;
    const axis = { stroke: colourOf("muted"), grid: { stroke: colourOf("line"), width: 1 } };
    plot.current = new uPlot(
      {
        width,
        height: HEIGHT,
        scales: {
          x: { time: false },
          y: { range: (_plot, _low, high) => [0, Math.max(10, high * 1.1)] },
        },
        legend: { show: false },
        cursor: { show: false },
        axes: [
          { ...axis, values: (_plot, values) => values.map((value) => `${value} s`) },
          { ...axis, size: 64, values: (_plot, values) => values.map((value) => bytesOf(value)) },
        ],
        series: [
          {},
          ...props.series.map((each) => ({
            label: each.label,
            stroke: colourOf(each.colour),
            width: 1.5,
            points: { show: false },
          })),
        ],
      },
      [props.times, ...props.series.map((each) => each.values)],
      box.current,
    );
    return () => plot.current?.destroy();
  }, [width, isDark, names]);
  useEffect(() => {
    plot.current?.setData([props.times, ...props.series.map((each) => each.values)]);
  });
  const latest = props.series.map((each) => {
    const value = each.values[each.values.length - 1] ?? 0;
    return `${each.label} ${bytesOf(Math.round(value))}${props.unit}`;
  });
  return (
    <figure>
      <div ref={box} role="img" aria-label={`${props.label}: ${latest.join(", ")}`} />
      <figcaption>
        {props.series.map((each, i) => (
          <span key={each.label} class={`key key-${each.colour}`}>
            {latest[i]}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
