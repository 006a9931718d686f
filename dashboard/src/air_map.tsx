import { useRef, useState } from "preact/hooks";
import type { Action } from "./actions";
import type { AccessPoint, ModuleStatus } from "./api";
import { tame } from "./format";
import { apart, type Box, fit, metresAt, type Place, placed, scaleOf } from "./map";
import type { Station } from "./model";
import { useModel, useWidth } from "./ui";

export const RINGS = [-50, -65, -80];
const HEIGHT = 340;

type Standing = Omit<ModuleStatus, "position"> & { position?: Place };
interface Stood<T> {
  it: T;
  place: Place;
  isReal: boolean;
}

function standing(module: ModuleStatus): Standing {
  const [x, y] = module.position ?? [];
  const { position: _, ...rest } = module;
  return x === undefined || y === undefined ? rest : { ...rest, position: [x, y] };
}

/** One that can be dragged: by a pointer, or by the arrow keys a metre at a time. */
function Item(props: {
  name: string;
  kind: string;
  place: Place;
  /** Metres of a pixel. */
  scale: number;
  fixed?: boolean;
  toMap: (event: PointerEvent) => Place | undefined;
  move: (to: Place) => void;
}) {
  const [held, hold] = useState<Place | undefined>(undefined);
  const [x, y] = held ?? props.place;
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[
      event.key
    ];
    if (!step || props.fixed) return;
    event.preventDefault();
    props.move([x + (step[0] ?? 0), y + (step[1] ?? 0)]);
  };
  return (
    <g
      role="button"
      tabindex={0}
      class={`item ${props.kind}`}
      transform={`translate(${x} ${-y}) scale(${props.scale})`}
      aria-disabled={props.fixed}
      aria-label={`${props.name}, at ${x.toFixed(1)}, ${y.toFixed(1)} metres${
        props.fixed ? "" : "; arrows move it"
      }`}
      onKeyDown={onKey}
      onPointerDown={(event) => {
        if (props.fixed) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        hold([x, y]);
      }}
      onPointerMove={(event) => held && hold(props.toMap(event) ?? held)}
      onPointerCancel={() => hold(undefined)}
      onPointerUp={() => {
        if (held && (held[0] !== props.place[0] || held[1] !== props.place[1]))
          props.move([Math.round(held[0] * 10) / 10, Math.round(held[1] * 10) / 10]);
        hold(undefined);
      }}
    >
      {props.kind === "module" ? (
        <rect x="-7" y="-7" width="14" height="14" rx="3" />
      ) : (
        <circle r={props.kind === "station" ? 5 : 7} />
      )}
      <text y="19">{props.name}</text>
    </g>
  );
}

/** How far off each signal is heard from an access point. */
function Rings({ place, scale }: { place: Place; scale: number }) {
  return (
    <>
      {RINGS.map((rssi) => {
        const radius = metresAt(rssi);
        return (
          <g key={rssi} transform={`translate(${place[0]} ${-place[1]})`}>
            <circle class="ring" r={radius} stroke-width={scale} />
            <text class="ring-name" transform={`translate(0 ${-radius}) scale(${scale})`} y="-2">
              {rssi}
            </text>
          </g>
        );
      })}
    </>
  );
}

function Met({ from, to, scale }: { from: Place; to: Place | undefined; scale: number }) {
  if (!to) return null;
  const [x1, y1] = [from[0], -from[1]];
  return <line class="met" x1={x1} y1={y1} x2={to[0]} y2={-to[1]} stroke-width={2 * scale} />;
}

/** Lines from who has joined to what was joined: an access point, or the softAP of a module. */
function Meetings(props: {
  aps: Stood<AccessPoint>[];
  modules: Stood<Standing>[];
  stations: Stood<Station>[];
  scale: number;
}) {
  const { aps, modules, stations, scale } = props;
  const byBssid = new Map(aps.map((ap) => [ap.it.bssid, ap.place]));
  const byMac = new Map<string, Place>([
    ...modules.map(({ it, place }) => [it.mac, place] as [string, Place]),
    ...stations.map(({ it, place }) => [it.mac, place] as [string, Place]),
  ]);
  return (
    <>
      {modules.map(({ it, place }) => (
        <g key={it.mac}>
          <Met from={place} to={byBssid.get(it.radio?.bssid ?? "")} scale={scale} />
          {it.stations.map(({ mac }) => (
            <Met key={mac} from={place} to={byMac.get(mac)} scale={scale} />
          ))}
        </g>
      ))}
    </>
  );
}

function Scale({ box, scale }: { box: Box; scale: number }) {
  const length = scaleOf(box.width / 4);
  const [x, y] = [box.x + 12 * scale, box.y + box.height - 12 * scale];
  return (
    <g class="scale">
      <path
        d={`M${x} ${y - 5 * scale}V${y}H${x + length}V${y - 5 * scale}`}
        stroke-width={1.5 * scale}
      />
      <text transform={`translate(${x + length + 6 * scale} ${y}) scale(${scale})`}>
        {length} m
      </text>
    </g>
  );
}

export function AirMap() {
  const model = useModel();
  const [frame, width] = useWidth();
  const drawing = useRef<SVGSVGElement>(null);
  const aps = placed(model.accessPoints, (ap) => metresAt(ap.rssi ?? -50));
  const modules = placed(model.modules.map(standing), () => apart(model.modules.length));
  const stations = placed(model.stations, () => 6);
  const all = [...aps, ...modules, ...stations].map((each) => each.place);
  const box = fit(all, Math.max(200, width) / HEIGHT);
  const scale = box.height / HEIGHT;
  const toMap = (event: PointerEvent): Place | undefined => {
    const matrix = drawing.current?.getScreenCTM()?.inverse();
    if (!matrix) return undefined;
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    return [point.x, -point.y];
  };
  // A distance needs two places: whoever stands nowhere yet stands from then on where it is drawn.
  const moveAccessPoint = (ap: AccessPoint, position: Place) => {
    const actions: Action[] = modules
      .filter((each) => !each.isReal)
      .map(({ it, place }) => ({
        command: "module.move",
        given: { module: it.module, to: place },
      }));
    actions.push({ command: "ap.change", given: { name: ap.bssid, position } });
    void model.actAll(actions);
  };
  const common = { scale, toMap };
  return (
    <div ref={frame}>
      <svg
        ref={drawing}
        class="map"
        viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`}
        role="group"
        aria-label="A map in metres: access points, modules and stations"
      >
        {aps.map(
          ({ it, place }) => !it.off && <Rings key={it.bssid} place={place} scale={scale} />,
        )}
        <Meetings aps={aps} modules={modules} stations={stations} scale={scale} />
        {stations.map(({ it, place }) => (
          <Item
            {...common}
            key={it.mac}
            kind="station"
            name={`station ${it.mac.slice(-5)}`}
            place={place}
            fixed={!model.can("station.join")}
            move={(position) => {
              const { position: _, ...rest } = it;
              const stationsThen = model.stations.map((each) =>
                each.mac === it.mac ? { ...rest, position } : each,
              );
              void model.act("world.apply", { station: stationsThen } as never);
            }}
          />
        ))}
        {aps.map(({ it, place }) => (
          <Item
            {...common}
            key={it.bssid}
            kind={it.off ? "ap off" : "ap"}
            name={`${tame(it.ssid)} · ${it.channel ?? 1}`}
            place={place}
            fixed={!model.can("ap.change")}
            move={(position) => moveAccessPoint(it, position)}
          />
        ))}
        {modules.map(({ it, place }) => (
          <Item
            {...common}
            key={it.module}
            kind="module"
            name={it.module}
            place={place}
            fixed={!model.can("module.move")}
            move={(to) => void model.act("module.move", { module: it.module, to })}
          />
        ))}
        <Scale box={box} scale={scale} />
      </svg>
    </div>
  );
}
