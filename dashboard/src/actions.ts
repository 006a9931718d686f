// What the page does, as it is done elsewhere: at a shell, in a test, in a world file.

/** A command of the control channel with its arguments. */
export interface Action {
  command: string;
  given: Record<string, unknown>;
}

type Keys = Record<string, unknown>;

/** What cannot be seen, or turns the direction of what can. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function byNumber(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const [letter, width] = code > 0xffff ? ["U", 8] : ["u", 4];
  return `\\${letter}${code.toString(16).padStart(width as number, "0")}`;
}

function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (word.search(UNSEEN) < 0) return `'${word.replaceAll("'", "'\\''")}'`;
  return `$'${word.replace(/[\\']/g, "\\$&").replace(UNSEEN, byNumber)}'`;
}

/** A string as JSON, Python and TOML have it alike. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(UNSEEN, byNumber);
}

function written(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function asShell({ command, given }: Action): string {
  const words = Object.entries(given).map(([key, value]) => shellWord(`${key}=${written(value)}`));
  return ["bfq4004 ctl", ...command.split("."), ...words].join(" ");
}

function python(value: unknown): string {
  if (value === true) return "True";
  if (value === false) return "False";
  if (value === null) return "None";
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object")
    return `{${Object.entries(value as object)
      .map(([key, inner]) => `${quoted(key)}: ${python(inner)}`)
      .join(", ")}}`;
  return String(value);
}

/** A test of its own, with the fixtures of python/. */
export function asPytest(actions: Action[]): string {
  const name = (command: string) => command.replaceAll(".", "_");
  const calls = actions.map(({ command, given }) => {
    const words = Object.entries(given).map(([key, value]) => `${key}=${python(value)}`);
    return `    bfq_world.control.${name(command)}(${words.join(", ")})\n`;
  });
  return `def test_${name(actions.at(-1)?.command ?? "")}(bfq_world):\n${calls.join("")}`;
}

function toml(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map(toml).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key} = ${toml(inner)}`)
      .join(", ")} }`;
  return String(value);
}

function table(name: string, keys: Keys): string {
  const lines = Object.entries(keys).map(([key, value]) => {
    // The program tells nobody a password.
    const isKept = key === "password" && typeof value === "object";
    return isKept ? `password = "write it here"  # as it was` : `${key} = ${toml(value)}`;
  });
  return [`[[${name}]]`, ...lines].join("\n");
}

/** The access point as `change` leaves it: a place and a signal take the place of each other. */
export function changed(ap: Keys, change: Keys): Keys {
  const { name: _, ...keys } = change;
  const out = { ...ap, ...keys };
  if ("position" in keys) delete out.rssi;
  if ("rssi" in keys) delete out.position;
  return out;
}

function changedAccessPoint(given: Keys, air: Keys[]): string | undefined {
  const ap = air.find(({ ssid, bssid }) => given.name === bssid || given.name === ssid);
  if (!ap) return undefined;
  return `# in place of the [[ap]] ${quoted(String(ap.ssid))}\n${table("ap", changed(ap, given))}`;
}

function wholeAir(given: Keys): string {
  const tables = (name: string) => ((given[name] ?? []) as Keys[]).map((keys) => table(name, keys));
  return ["# in place of all [[ap]]", ...tables("ap"), ...tables("station")].join("\n\n");
}

/**
 * The same in a world file; nothing where a world has no word for it. `air` has the access points
 * that there are, by the keys of [[ap]].
 */
export function asWorld({ command, given }: Action, air: Keys[] = []): string | undefined {
  const fault = (name: string, more: Keys) => table("fault", { fault: name, ...more });
  const forms: Record<string, () => string | undefined> = {
    "fault.arm": () => table("fault", given),
    "ap.add": () => table("ap", given),
    "ap.change": () => changedAccessPoint(given, air),
    "ap.remove": () => fault("ap-down", { ssid: ssidOf(given.name, air) }),
    "station.join": () => table("station", given),
    "module.move": () =>
      `# in the [[module]] ${quoted(String(given.module))}\nposition = ${toml(given.to)}`,
    "world.apply": () => wholeAir(given),
    reset: () => fault("reset", given),
    "link.reset": () => fault("reset-peer", given),
    "link.stall": () => fault("blackhole", { ...given, time: "24h" }),
  };
  return forms[command]?.();
}

/** All of them, each with its name; a form that there is not is missing. */
export function formsOf(actions: Action[], air: object[]): [string, string | undefined][] {
  const worlds = actions.map((each) => asWorld(each, air as Keys[]));
  return [
    ["shell", actions.map(asShell).join("\n")],
    ["pytest", asPytest(actions)],
    ["world TOML", worlds.includes(undefined) ? undefined : worlds.join("\n\n")],
  ];
}

function ssidOf(name: unknown, air: Keys[]): unknown {
  return air.find(({ bssid }) => bssid === name)?.ssid ?? name;
}

/** The value of a form's field by its schema; undefined where it is left out. */
export function fieldValue(text: string, type: string | undefined): unknown {
  if (text === "") return undefined;
  if (type === "integer" || type === "number") return Number(text);
  if (type === "boolean") return text === "true";
  return text;
}
