import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { clock } from "./format";
import { scaleOf } from "./map";
import type { Model } from "./model";
import { firstAt, firstOf, hasFailed } from "./records";
import { Panel, useMedia, useModel, useWidth } from "./ui";

const LANES = [
  "host TX",
  "module TX",
  "command",
  "link 0",
  "link 1",
  "link 2",
  "link 3",
  "link 4",
  "Wi-Fi",
  "faults",
];
const LANE = 15;
/** The height of the times below the lanes. */
const TICKS = 14;
const TICK_APART = 62;
const SECOND = 1_000_000;
const NAMES = 70;
/** Of more entries, it is drawn only from time to time. */
const FEW = 1000;
const SHORTEST = 50_000;
const LONGEST = 3_600_000_000;

interface Window {
  /** Microseconds that are shown. */
  width: number;
  /** The end of what is shown; undefined: now. */
  end: number | undefined;
}

type Draw = (lane: string, from: number, to: number, colour: string) => void;

/** The colours of the style sheet by their names, each looked up once. */
function colours(): (name: string) => string {
  const style = getComputedStyle(document.documentElement);
  const known = new Map<string, string>();
  return (name) => {
    const colour = known.get(name) ?? style.getPropertyValue(`--${name}`).trim();
    known.set(name, colour);
    return colour;
  };
}

/**
 * Draws times as whole pixels. What lies where the lane has it already, as thousands of commands
 * may within a few pixels, is left out; an error stays.
 */
function drawer(width: number, x: (time: number) => number, fill: Draw): Draw {
  const drawn = new Map<string, { to: number; colour: string }>();
  return (lane, start, end, colour) => {
    const from = Math.max(NAMES, Math.floor(x(start)));
    const to = Math.min(width, Math.max(Math.ceil(x(end)), from + 2));
    if (to < NAMES) return;
    const last = drawn.get(lane);
    if (last && to <= last.to && (last.colour === colour || last.colour === "bad")) return;
    drawn.set(lane, { to, colour });
    fill(lane, from, to, colour);
  };
}

function drawEntries(model: Model, module: string, from: number, to: number, draw: Draw): void {
  const entries = model.records.entries;
  // What began before may reach into the window.
  for (let i = Math.max(0, firstAt(entries, from) - 50); i < entries.length; i++) {
    const entry = entries[i];
    if (!entry || entry.time > to) break;
    if (entry.module !== module) continue;
    if (entry.kind === "exchange") {
      const isAwaited = entry.result === "";
      draw("host TX", entry.time, entry.time, "accent");
      const colour = isAwaited ? "warn" : hasFailed(entry) ? "bad" : "good";
      draw("command", entry.time, isAwaited ? to : entry.time + entry.duration, colour);
    } else if (entry.kind === "payload") {
      draw(`link ${entry.link}`, entry.time, entry.time + entry.duration, "accent");
    }
  }
  const times = model.printed.get(module) ?? [];
  for (let i = firstOf(times.length, (j) => times[j] ?? 0, from); i < times.length; i++) {
    const time = times[i] ?? to;
    if (time > to) break;
    draw("module TX", time, time, "accent");
  }
}

/** Lines at round times, with these times below the lanes. */
function drawTicks(
  context: CanvasRenderingContext2D,
  from: number,
  to: number,
  x: (time: number) => number,
  colour: (name: string) => string,
): void {
  // scaleOf() may be less than half of what it is given.
  const step = scaleOf(2.5 * ((to - from) / (x(to) - x(from))) * TICK_APART);
  const bottom = LANES.length * LANE;
  for (let at = Math.ceil(from / step) * step; at < to; at += step) {
    if (at < 0) continue;
    context.fillStyle = colour("line");
    context.fillRect(x(at), 0, 1, bottom + 3);
    context.fillStyle = colour("muted");
    context.fillText(
      step < SECOND ? clock(at) : clock(at).slice(0, -4),
      x(at) + 3,
      bottom + TICKS / 2 + 1,
    );
  }
}

function paint(canvas: HTMLCanvasElement, model: Model, width: number, shown: Window): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const scale = devicePixelRatio;
  const size = [width * scale, (LANES.length * LANE + TICKS) * scale].map(Math.round);
  // To set the size, also the same one, takes new memory.
  if (canvas.width !== size[0] || canvas.height !== size[1])
    [canvas.width, canvas.height] = size as [number, number];
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, LANES.length * LANE + TICKS);
  const colour = colours();
  const to = shown.end ?? model.now;
  const from = to - shown.width;
  const module = model.module?.module ?? "";
  context.font = "11px system-ui, sans-serif";
  context.textBaseline = "middle";
  LANES.forEach((name, i) => {
    context.fillStyle = colour(i % 2 ? "back" : "raised");
    context.fillRect(0, i * LANE, width, LANE);
    context.fillStyle = colour("muted");
    context.fillText(name, 4, i * LANE + LANE / 2 + 1);
  });
  const x = (time: number) => NAMES + ((time - from) / shown.width) * (width - NAMES);
  drawTicks(context, from, to, x, colour);
  const draw = drawer(width, x, (lane, from, to, name) => {
    context.fillStyle = colour(name);
    context.fillRect(from, LANES.indexOf(lane) * LANE + 3, to - from, LANE - 6);
  });
  for (const span of model.spans)
    if (span.module === module && span.to >= from && span.from <= to)
      draw(span.lane, span.from, Math.min(span.to, to), span.lane === "faults" ? "bad" : "soft");
  drawEntries(model, module, from, to, draw);
}

export function Timeline(props: { choose: (id: number) => void }) {
  const model = useModel();
  const [box, width] = useWidth();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [shown, show] = useState<Window>({ width: 30_000_000, end: undefined });
  const isDark = useMedia("(prefers-color-scheme: dark)");
  const [tick, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(
      () => document.visibilityState === "visible" && setTick((n) => n + 1),
      500,
    );
    return () => clearInterval(timer);
  }, []);
  const few = model.records.entries.length < FEW ? model.records.entries.length : 0;
  useEffect(() => {
    if (canvas.current && width > 0) paint(canvas.current, model, width, shown);
  }, [few, width, shown, tick, isDark, model.chosen]);
  const end = shown.end ?? model.now;
  const zoom = (factor: number) =>
    show({ ...shown, width: Math.min(LONGEST, Math.max(SHORTEST, shown.width * factor)) });
  const shift = (part: number) => {
    const moved = end + part * shown.width;
    show({ ...shown, end: moved >= model.now ? undefined : moved });
  };
  const onKey = (event: JSX.TargetedKeyboardEvent<HTMLDivElement>) => {
    const act = {
      "+": () => zoom(0.5),
      "-": () => zoom(2),
      ArrowLeft: () => shift(-0.25),
      ArrowRight: () => shift(0.25),
      End: () => show({ ...shown, end: undefined }),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const onClick = (event: JSX.TargetedMouseEvent<HTMLCanvasElement>) => {
    const at = (event.offsetX - NAMES) / Math.max(1, width - NAMES);
    const time = end - shown.width * (1 - at);
    const nearest = model.records.nearest(time);
    if (nearest) props.choose(nearest.id);
  };
  return (
    <Panel
      title="Timeline"
      aside={
        <div class="tools">
          <span class="muted">
            {clock(end - shown.width)} to {shown.end === undefined ? "now" : clock(end)}
          </span>
          <button type="button" aria-label="Earlier" onClick={() => shift(-0.25)}>
            ◀
          </button>
          <button type="button" aria-label="Later" onClick={() => shift(0.25)}>
            ▶
          </button>
          <button type="button" aria-label="Zoom in" onClick={() => zoom(0.5)}>
            +
          </button>
          <button type="button" aria-label="Zoom out" onClick={() => zoom(2)}>
            −
          </button>
        </div>
      }
    >
      <div
        ref={box}
        class="timeline"
        tabIndex={0}
        onKeyDown={onKey}
        role="group"
        aria-label="Timeline: plus and minus zoom, arrows move"
      >
        <canvas
          ref={canvas}
          style={{ height: `${LANES.length * LANE + TICKS}px`, width: `${width}px` }}
          aria-label={`Lanes: ${LANES.join(", ")}. What they show is in the traffic, too.`}
          role="img"
          onClick={onClick}
          onWheel={(event) => {
            event.preventDefault();
            zoom(event.deltaY > 0 ? 1.25 : 0.8);
          }}
        />
      </div>
    </Panel>
  );
}
