import type { ModuleStatus } from "./api";
import { clock, tame } from "./format";
import { Act, useModel } from "./ui";

const ACTIVITIES: Record<string, string> = {
  off: "off",
  idle: "idle",
  processing: "busy",
  collecting: "waits for payload",
  sending: "sending",
  passthrough: "transparent",
  restarting: "restarting",
  asleep: "asleep",
};
const CONNECTIONS = {
  connecting: "connecting",
  live: "live",
  lost: "connection lost, trying again",
  refused: "refused",
};

function Fact(props: { name: string; value: string; title?: string; warns?: boolean }) {
  return (
    <div class={props.warns ? "fact warns" : "fact"} title={props.title}>
      <dt>{props.name}</dt>
      <dd>{props.value}</dd>
    </div>
  );
}

function Signal({ module }: { module: ModuleStatus }) {
  if (!module.associated) return <Fact name="Wi-Fi" value="not joined" />;
  const rssi = module.radio?.rssi ?? 0;
  return (
    <>
      <Fact name="Wi-Fi" value={tame(module.ssid ?? "")} />
      <Fact name="Address" value={module.address ?? "none yet"} />
      <Fact name="RSSI" value={`${rssi} dBm`} warns={rssi < -80} />
    </>
  );
}

const MODES: Record<string, string> = { access_point: "softAP", both: "station and softAP" };

function modeOf(module: ModuleStatus): string {
  const mode = MODES[module.mode.wifi] ?? module.mode.wifi;
  const more = [
    module.mode.multiple_links && "several links",
    module.mode.transparent && "transparent",
  ];
  return [mode, ...more.filter(Boolean)].join(", ");
}

/** How the UART is set, and whether a host has set its own otherwise. */
function Uart({ module }: { module: ModuleStatus }) {
  const doors = module.doors.map((each) => each.place).join(", ");
  const hosts = module.hosts.map((each) => `${each.name}: ${each.uart}`).join("\n");
  const other = module.hosts.find((each) => each.differs);
  return (
    <Fact
      name="UART"
      value={`${module.uart}, ${module.speed}${other ? `; a host has ${other.uart}` : ""}`}
      title={`Hosts attach at ${doors}${hosts ? `\n${hosts}` : ""}`}
      warns={other !== undefined}
    />
  );
}

/** The number alone: the line of AT+GMR has words in front of it, and a date behind it. */
function versionOf(line: string): string {
  return /\d+(\.\d+)+/.exec(line)?.[0] ?? line;
}

function Facts({ module }: { module: ModuleStatus }) {
  const model = useModel();
  return (
    <dl class="facts">
      <Fact
        name="Firmware"
        value={`${module.personality} ${versionOf(module.version)}`}
        title={`AT+GMR says ${module.version}\nMAC ${module.mac}`}
      />
      <Fact name="Mode" value={modeOf(module)} />
      <Signal module={module} />
      <Uart module={module} />
      <Fact
        name="Time"
        value={`${clock(model.now).slice(0, -4)} real`}
        title="since the program's start; a second here is one outside"
      />
    </dl>
  );
}

export function Header() {
  const model = useModel();
  const module = model.module;
  const activity = module ? (ACTIVITIES[module.activity] ?? module.activity) : "";
  return (
    <header>
      <h1>BFQ4004</h1>
      <label>
        <span class="hidden">Module</span>
        <select
          value={module?.module}
          onChange={(event) => {
            model.chosen = event.currentTarget.value;
            model.changed();
          }}
        >
          {model.modules.map((each) => (
            <option key={each.module} value={each.module}>
              {each.module}
            </option>
          ))}
        </select>
      </label>
      {module && <span class={`badge activity-${module.activity}`}>{activity}</span>}
      {module && <Facts module={module} />}
      {module && (
        <div class="power">
          <Act command="reset" given={{ module: module.module }} label="Reset" />
          <Act
            command={module.power ? "power.off" : "power.on"}
            given={{ module: module.module }}
            label={module.power ? "Power off" : "Power on"}
          />
        </div>
      )}
      <span class={`badge connection-${model.connection}`} title={`bfq4004 ${model.version}`}>
        {CONNECTIONS[model.connection]}
      </span>
    </header>
  );
}
