import { useEffect, useRef, useState } from "preact/hooks";
import type { AccessPoint, ModuleStatus } from "./api";
import { tame } from "./format";
import { fit, metresAt, type Place, placed } from "./map";
import { Act, CopyAs, Panel, useModel } from "./ui";

const RINGS = [-50, -65, -80];
/** Signals below this are not heard; an access point with this one is off. */
const OFF = -120;

type Standing = Omit<ModuleStatus, "position"> & { position?: Place };

function standing(module: ModuleStatus): Standing {
  const [x, y] = module.position ?? [];
  const { position: _, ...rest } = module;
  return x === undefined || y === undefined ? rest : { ...rest, position: [x, y] };
}

function isOff(ap: AccessPoint): boolean {
  return ap.rssi !== undefined && ap.rssi <= OFF;
}

/** Drags what is at `place`: by the mouse, or by the arrow keys a metre at a time. */
function Item(props: {
  name: string;
  kind: string;
  place: Place;
  fixed: boolean;
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
      transform={`translate(${x} ${-y})`}
      aria-label={`${props.name}, at ${x.toFixed(1)}, ${y.toFixed(1)} metres; arrows move it`}
      onKeyDown={onKey}
      onPointerDown={(event) => {
        if (props.fixed) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        hold([x, y]);
      }}
      onPointerMove={(event) => held && hold(props.toMap(event) ?? held)}
      onPointerUp={() => {
        if (held && (held[0] !== props.place[0] || held[1] !== props.place[1]))
          props.move([Math.round(held[0] * 10) / 10, Math.round(held[1] * 10) / 10]);
        hold(undefined);
      }}
    >
      {props.kind === "module" ? (
        <rect x="-1" y="-1" width="2" height="2" rx="0.4" />
      ) : (
        <circle r="1.1" />
      )}
      <text y="2.6">{props.name}</text>
    </g>
  );
}

function AirMap() {
  const model = useModel();
  const drawing = useRef<SVGSVGElement>(null);
  const aps = placed(model.accessPoints, 12);
  const modules = placed(model.modules.map(standing), 4);
  const box = fit([...aps, ...modules].map((each) => each.place));
  const toMap = (event: PointerEvent): Place | undefined => {
    const matrix = drawing.current?.getScreenCTM()?.inverse();
    if (!matrix) return undefined;
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    return [point.x, -point.y];
  };
  return (
    <svg
      ref={drawing}
      class="map"
      viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`}
      role="group"
      aria-label="A map in metres: access points and modules"
    >
      {aps.map(({ it, place, isReal }) =>
        isOff(it)
          ? null
          : RINGS.map((rssi) => (
              <circle
                key={`${it.bssid} ${rssi}`}
                class="ring"
                cx={place[0]}
                cy={-place[1]}
                r={isReal && it.rssi === undefined ? metresAt(rssi) : (-rssi - 40) / 6}
              />
            )),
      )}
      {modules.map(({ it, place }) => {
        const ap = it.associated ? aps.find((each) => each.it.ssid === it.ssid) : undefined;
        return (
          ap && (
            <line
              key={it.module}
              class="met"
              x1={place[0]}
              y1={-place[1]}
              x2={ap.place[0]}
              y2={-ap.place[1]}
            />
          )
        );
      })}
      {aps.map(({ it, place }) => (
        <Item
          key={it.bssid}
          kind={isOff(it) ? "ap off" : "ap"}
          name={`${tame(it.ssid)} (${it.channel ?? 1})`}
          place={place}
          fixed={!model.can("ap.change")}
          toMap={toMap}
          move={(position) => void model.act("ap.change", { name: it.bssid, position })}
        />
      ))}
      {modules.map(({ it, place }) => (
        <Item
          key={it.module}
          kind="module"
          name={it.module}
          place={place}
          fixed={!model.can("module.move")}
          toMap={toMap}
          move={(to) => void model.act("module.move", { module: it.module, to })}
        />
      ))}
    </svg>
  );
}

/** What an access point was before it was switched off here. */
const signalsBefore = new Map<string, number | undefined>();

function Switch({ ap }: { ap: AccessPoint }) {
  const model = useModel();
  const off = isOff(ap);
  const flip = async () => {
    if (!off) {
      signalsBefore.set(ap.bssid, ap.rssi);
      await model.act("ap.change", { name: ap.bssid, rssi: OFF });
      return;
    }
    const { rssi: _, ...rest } = ap;
    const before = signalsBefore.get(ap.bssid);
    const back = before === undefined ? rest : { ...rest, rssi: before };
    const all = model.accessPoints.map((each) => (each.bssid === ap.bssid ? back : each));
    await model.act("world.apply", { ap: all } as never);
  };
  return (
    <button
      type="button"
      role="switch"
      aria-checked={!off}
      aria-label={`${tame(ap.ssid)} is on`}
      disabled={!model.can("world.apply")}
      onClick={flip}
    >
      {off ? "off" : "on"}
    </button>
  );
}

function Password({ ap }: { ap: AccessPoint }) {
  const model = useModel();
  const [text, setText] = useState("");
  const change = async (event: Event) => {
    event.preventDefault();
    await model.act("ap.change", { name: ap.bssid, password: text });
    setText("");
  };
  return (
    <form onSubmit={change} class="inline">
      <input
        type="password"
        autocomplete="new-password"
        aria-label={`New password of ${tame(ap.ssid)}`}
        placeholder="new password"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" disabled={text === "" || !model.can("ap.change")}>
        Change
      </button>
    </form>
  );
}

function AccessPointCard({ ap }: { ap: AccessPoint }) {
  const model = useModel();
  const dhcp = String(ap.dhcp?.on ?? true);
  const away = { fault: "ap-down", ssid: ap.ssid, time: "5s" } as const;
  return (
    <li class="card">
      <div class="panel-head">
        <strong>{tame(ap.ssid)}</strong>
        <Switch ap={ap} />
      </div>
      <p class="muted">
        {ap.security ?? "wpa2"}, channel {ap.channel ?? 1},{" "}
        {isOff(ap) ? "switched off" : ap.rssi === undefined ? "by distance" : `${ap.rssi} dBm`}
        {ap.hidden ? ", hidden" : ""}
        {ap.silent ? ", never answers" : ""}
      </p>
      <div class="actions">
        {model.knows("fault.arm") && (
          <Act
            command="fault.arm"
            given={away}
            label="Away for 5 s"
            danger
            describedAs={`${tame(ap.ssid)}: away for 5 s`}
          />
        )}
        <label>
          DHCP{" "}
          <select
            value={dhcp}
            disabled={!model.can("ap.change")}
            onChange={(event) => {
              const value = event.currentTarget.value;
              const on = value === "refuses" ? value : value === "true";
              void model.act("ap.change", { name: ap.bssid, dhcp: { on } } as never);
            }}
          >
            <option value="true">on</option>
            <option value="false">silent</option>
            <option value="refuses">refuses</option>
          </select>
        </label>
        {ap.password !== undefined && <Password ap={ap} />}
        <span class="act">
          <button
            type="button"
            disabled={!model.can("ap.remove")}
            aria-label={`Remove ${tame(ap.ssid)}`}
            onClick={() => void model.act("ap.remove", { name: ap.bssid })}
          >
            Remove
          </button>
          <CopyAs action={{ command: "ap.remove", given: { name: ap.ssid } }} />
        </span>
      </div>
    </li>
  );
}

export function Air() {
  const model = useModel();
  useEffect(() => void model.refresh("air"), [model]);
  if (model.capabilities && !model.can("world.show"))
    return (
      <Panel title="Air">
        <p class="muted">This module's radio is real: its air cannot be shown or changed.</p>
      </Panel>
    );
  return (
    <Panel title="Air">
      <AirMap />
      <p class="muted">
        Drag an access point or a module to move it; the number is its channel. Rings:{" "}
        {RINGS.join(", ")} dBm. What has no place yet stands where there is room.
      </p>
      <ul class="cards">
        {model.accessPoints.map((ap) => (
          <AccessPointCard key={ap.bssid} ap={ap} />
        ))}
      </ul>
    </Panel>
  );
}
