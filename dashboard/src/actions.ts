// What the page does, as it is done elsewhere: at a shell, in a test, in a world file.

/** A command of the control channel with its arguments. */
export interface Action {
  command: string;
  given: Record<string, unknown>;
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
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
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object")
    return `{${Object.entries(value as object)
      .map(([key, inner]) => `${JSON.stringify(key)}: ${python(inner)}`)
      .join(", ")}}`;
  return JSON.stringify(value);
}

export function asPytest({ command, given }: Action): string {
  const words = Object.entries(given).map(([key, value]) => `${key}=${python(value)}`);
  return `bfq_world.control.${command.replaceAll(".", "_")}(${words.join(", ")})`;
}

function toml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toml).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key} = ${toml(inner)}`)
      .join(", ")} }`;
  return JSON.stringify(value);
}

function table(name: string, keys: Record<string, unknown>): string {
  const lines = Object.entries(keys).map(([key, value]) => `${key} = ${toml(value)}`);
  return [`[[${name}]]`, ...lines].join("\n");
}

/** The same in a world file; nothing where a world has no word for it. */
export function asWorld({ command, given }: Action): string | undefined {
  const { name, ...rest } = given;
  switch (command) {
    case "fault.arm":
      return table("fault", given);
    case "ap.add":
      return table("ap", given);
    case "ap.change":
      return table("ap", { ssid: name, ...rest });
    case "station.join":
      return table("station", given);
    case "module.move":
      return table("module", { name: given.module, position: given.to });
    case "reset":
      return table("fault", { fault: "reset", ...(given.module ? { module: given.module } : {}) });
    case "link.reset":
      return table("fault", { fault: "reset-peer", ...given });
    case "link.stall":
      return table("fault", { fault: "blackhole", ...given, time: "24h" });
    default:
      return undefined;
  }
}

/** A time such as "250ms" is one; so is "1.5s". */
export function isDuration(text: string): boolean {
  return /^\d+(\.\d+)?(ms|s|min|h)$/.test(text);
}

/** The value of a form's field by its schema; undefined where it is left out. */
export function fieldValue(text: string, type: string | undefined): unknown {
  if (text === "") return undefined;
  if (type === "integer" || type === "number") return Number(text);
  if (type === "boolean") return text === "true";
  return text;
}
