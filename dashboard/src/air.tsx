import { useEffect, useState } from "preact/hooks";
import { AirMap, RINGS } from "./air_map";
import type { AccessPoint } from "./api";
import { tame } from "./format";
import { Act, CopyAs, Panel, useModel } from "./ui";

function Switch({ ap }: { ap: AccessPoint }) {
  const model = useModel();
  const isOn = !ap.off;
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      aria-label={`${tame(ap.ssid)} is on`}
      disabled={!model.can("ap.change")}
      onClick={() => void model.act("ap.change", { name: ap.bssid, off: isOn })}
    >
      {isOn ? "on" : "off"}
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

function signalOf(ap: AccessPoint): string {
  if (ap.off) return "switched off";
  if (ap.rssi !== undefined) return `${ap.rssi} dBm everywhere`;
  return ap.position ? `at ${ap.position.join(", ")}: by distance` : "-50 dBm, as it has no place";
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
        {ap.security ?? "wpa2"}, channel {ap.channel ?? 1}, {signalOf(ap)}
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
    <Panel
      title="Air"
      aside={
        <CopyAs
          action={{
            command: "world.apply",
            given: {
              ap: model.accessPoints,
              ...(model.stations.length > 0 ? { station: model.stations } : {}),
            },
          }}
          label="copy all of it as"
        />
      }
    >
      <AirMap />
      <p class="muted">
        Drag an access point or a module to move it; the number behind a name is the channel. Rings
        tell how far {RINGS.join(", ")} dBm reach. An access point whose signal is the same
        everywhere is drawn as far off as that would be, and has a place once it is dragged.
      </p>
      <ul class="cards">
        {model.accessPoints.map((ap) => (
          <AccessPointCard key={ap.bssid} ap={ap} />
        ))}
      </ul>
    </Panel>
  );
}
