// What the page knows of a program, and how it hears of it. All of it comes by the HTTP API.

import type { Action } from "./actions";
import {
  type AccessPoint,
  type Arguments,
  type Capabilities,
  Client,
  type Command,
  type FaultList,
  type Lost,
  type ModuleStatus,
  type ProgramEvent,
  Refused,
  type Returned,
  type Schema,
} from "./api";
import { spacedHex, tame } from "./format";
import { addPayload } from "./payload";
import { type Entry, MOST, Records } from "./records";

/** One simulated station of `world.show`, by the keys of [[station]]. */
export interface Station {
  ssid: string;
  mac: string;
  position?: [number, number];
}

/** Something that lasted: a link that was open, an association, a fault. */
export interface Span {
  lane: string;
  module: string;
  from: number;
  /** Infinity while it lasts. */
  to: number;
  text: string;
}

/** What modules had at a time, for plots. */
export interface Sample {
  /** Seconds since the program's start. */
  time: number;
  freeBytes: number;
  waiting: number;
  heap: number;
  /** Bytes that moved until then, in and out of links 0 to 4. */
  moved: number[];
}

export type Connection = "connecting" | "live" | "lost" | "refused";

const TOPICS = ["state", "air", "exchange", "payload", "unsolicited", "hint", "fault"];
const STATUS_EVERY = 1000;
/** Of so many times once: to say what it keeps, the program has to sort it. */
const HEAP_EVERY = 5;
/** Milliseconds from a change until it is seen. */
const SHORTEST_DELAY = 60;
const LONGEST_DELAY = 330;
const MOST_SPANS = 2000;
const MOST_SAMPLES = 900;
function addTime(all: Map<string, number[]>, module: string, time: number): void {
  const times = all.get(module) ?? [];
  all.set(module, times);
  times.push(time);
  if (times.length > MOST) times.splice(0, MOST / 10);
}

export class Model {
  connection: Connection = "connecting";
  why = "";
  records = new Records();
  spans: Span[] = [];
  modules: ModuleStatus[] = [];
  chosen = "";
  capabilities: Capabilities | undefined;
  accessPoints: AccessPoint[] = [];
  stations: Station[] = [];
  faults: FaultList | undefined;
  schemas: Record<string, Schema> = {};
  samples = new Map<string, Sample[]>();
  /** When each module printed a line; numbers alone, as there are many. */
  printed = new Map<string, number[]>();
  version = "";
  /** When the program started, in milliseconds since 1970. */
  started = 0;
  /** How many commands were answered, also those that are not kept any more. */
  commands = 0;
  wantsBytes = false;
  said = "";
  /** What was done last from this page. */
  done: Action[] = [];
  readonly client: Client;
  #listeners = new Set<() => void>();
  #changed = false;
  /** Events since listeners were told. */
  #taken = 0;
  #last: number | undefined;
  #fromNow = false;
  #stream = new AbortController();
  #asksStatus = false;
  /** How often the status was asked for, and the heap of the program when that was. */
  #asked = 0;
  #heap = 0;

  constructor(token: string) {
    this.client = new Client(token);
  }

  get module(): ModuleStatus | undefined {
    return this.modules.find((each) => each.module === this.chosen) ?? this.modules[0];
  }

  /** Microseconds since the program's start. */
  get now(): number {
    return (Date.now() - this.started) * 1000;
  }

  /** True where the chosen module, and the program, have what a command needs. */
  can(command: string): boolean {
    const row = this.capabilities?.commands.find((each) => each.name === command);
    if (!row) return false;
    const module = this.capabilities?.modules.find((each) => each.name === this.module?.module);
    return row.needs === "nothing" || (module?.has.includes(row.needs) ?? false);
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells listeners, some times a second; where much happens, not as often. */
  changed(): void {
    if (this.#changed) return;
    this.#changed = true;
    const delay = Math.min(LONGEST_DELAY, SHORTEST_DELAY + 2 * this.#taken);
    this.#taken = 0;
    setTimeout(() => {
      this.#changed = false;
      for (const listener of this.#listeners) listener();
    }, delay);
  }

  /** Says something to the person at the page, of what was done. */
  say(text: string, done: Action[] = []): void {
    this.said = text;
    this.done = done;
    this.changed();
  }

  async act<N extends Command>(name: N, given?: Arguments<N>): Promise<Returned<N> | undefined> {
    try {
      const returned = await this.client.ask(name, given);
      this.say(`${name}: done`, [{ command: name, given: (given ?? {}) as Action["given"] }]);
      return returned;
    } catch (error) {
      this.say(`${name}: ${error instanceof Error ? error.message : error}`);
      return undefined;
    } finally {
      void this.refresh(name.startsWith("fault.") ? "faults" : "air");
    }
  }

  /** Several commands, one after the other, which a person sees as one. */
  async actAll(actions: Action[]): Promise<void> {
    try {
      for (const { command, given } of actions)
        await this.client.ask(command as Command, given as never);
      this.say(`${actions.map((each) => each.command).join(", ")}: done`, actions);
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
    } finally {
      void this.askStatus();
      void this.refresh("air");
    }
  }

  mark(): void {
    this.records.add({ kind: "mark", time: this.now, text: "mark", marked: true });
    this.changed();
  }

  /** Asks for every byte of the wire, or no more. */
  wantBytes(wants: boolean): void {
    if (this.wantsBytes === wants) return;
    this.wantsBytes = wants;
    this.#stream.abort();
  }

  /** Hears of what happens until the token is refused. */
  async run(): Promise<void> {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible" && this.connection === "live")
        void this.askStatus();
    }, STATUS_EVERY);
    for (;;) {
      const asked = this.#stream;
      try {
        await this.follow(asked.signal);
        this.connection = "lost";
      } catch (error) {
        if (error instanceof Refused && error.code === "unauthorized") {
          this.connection = "refused";
          clearInterval(timer);
          this.changed();
          return;
        }
        if (error instanceof Refused) this.beginAnew(error);
        if (!asked.signal.aborted) this.connection = "lost";
      }
      this.changed();
      if (asked.signal.aborted) this.#stream = new AbortController();
      else await new Promise((resolve) => setTimeout(resolve, 700));
    }
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const program = await this.client.ask("program");
    const started = Date.now() - program.uptime / 1000;
    const isAnother = this.started !== 0 && Math.abs(started - this.started) > 2000;
    if (this.started === 0 || isAnother) this.started = started;
    if (isAnother) this.forget();
    this.version = program.version;
    this.capabilities = await this.client.ask("capabilities");
    if (Object.keys(this.schemas).length === 0) this.schemas = await this.client.schemas();
    await this.askStatus(); // what can be asked next depends on the module
    await Promise.all([this.refresh("air"), this.refresh("faults")]);
    const topics = [...TOPICS, ...(this.wantsBytes ? ["wire"] : [])];
    const since = this.#fromNow ? undefined : (this.#last ?? (await this.client.keptSince()));
    for await (const batch of this.client.events(topics, since, signal)) {
      this.connection = "live";
      this.#fromNow = false;
      for (const event of batch) this.take(event);
      this.changed();
    }
  }

  /**
   * What was asked for is not kept any more. Where much happens, the first that is kept has gone
   * before it can be asked for, too.
   */
  private beginAnew(error: Refused): void {
    this.#last = undefined;
    this.#fromNow = error.code === "events_lost";
    if (this.#fromNow) this.tell({ time: this.now }, "what was before is not kept any more");
  }

  /** Another program answers: nothing of the last one holds any more. */
  private forget(): void {
    this.#last = undefined;
    this.records.clear();
    this.commands = 0;
    this.records.add({ kind: "event", time: 0, text: "the program has started anew" });
    this.spans = [];
    this.printed.clear();
    this.samples.clear();
  }

  async refresh(what: "air" | "faults"): Promise<void> {
    try {
      if (what === "faults" && this.knows("fault.list"))
        this.faults = await this.client.ask("fault.list");
      if (what === "air" && this.can("world.show")) {
        const world = await this.client.ask("world.show");
        const all = world.ap as unknown as AccessPoint[];
        this.accessPoints = all.sort((a, b) => a.bssid.localeCompare(b.bssid));
        this.stations = world.station as unknown as Station[];
      }
    } catch {
      return; // the stream of events finds out what is wrong
    }
    this.changed();
  }

  knows(command: string): boolean {
    return this.capabilities?.commands.some((each) => each.name === command) ?? false;
  }

  private async askStatus(): Promise<void> {
    if (this.#asksStatus) return;
    this.#asksStatus = true;
    try {
      const status = await this.client.ask("status");
      if (this.#asked++ % HEAP_EVERY === 0) this.#heap = (await this.client.ask("program")).memory;
      this.modules = status.modules;
      if (!this.modules.some((each) => each.module === this.chosen))
        this.chosen = this.modules[0]?.module ?? "";
      for (const module of this.modules) this.sample(module, this.#heap);
      this.changed();
    } catch {
      // likewise
    } finally {
      this.#asksStatus = false;
    }
  }

  private sample(module: ModuleStatus, heap: number): void {
    const samples = this.samples.get(module.module) ?? [];
    this.samples.set(module.module, samples);
    const moved = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    for (const link of module.links) {
      moved[2 * link.link] = link.bytes_in;
      moved[2 * link.link + 1] = link.bytes_out;
    }
    samples.push({
      time: this.now / 1e6,
      freeBytes: module.free_bytes,
      waiting: module.waiting_for_host,
      heap,
      moved,
    });
    if (samples.length > MOST_SAMPLES) samples.splice(0, 100);
  }

  // Events ----------------------------------------------------------------------------------------

  private begin(lane: string, module: string, from: number, text: string): void {
    this.end(lane, module, from);
    this.spans.push({ lane, module, from, to: Number.POSITIVE_INFINITY, text });
    if (this.spans.length > MOST_SPANS) this.spans.splice(0, 200);
  }

  private end(lane: string, module: string, to: number): void {
    for (const span of this.spans)
      if (span.lane === lane && span.module === module && span.to > to) span.to = to;
  }

  private endAll(module: string, to: number): void {
    for (const span of this.spans) if (span.module === module && span.to > to) span.to = to;
  }

  private tell(event: { time: number; module?: string }, text: string): void {
    this.records.add({ kind: "event", time: event.time, module: event.module ?? "", text });
  }

  private take(event: ProgramEvent | Lost): void {
    if (event.event === "lost") {
      this.records.add({
        kind: "event",
        time: this.now,
        text: `${event.count} events are not shown: too many came at once`,
      });
      return;
    }
    if (event.number > 0) this.#last = event.number;
    this.#taken++;
    this.takeEvent(event);
  }

  private takeEvent(event: ProgramEvent): void {
    switch (event.event) {
      case "typed":
        this.records.add({
          kind: "exchange",
          time: event.time,
          module: event.module,
          text: tame(event.line),
        });
        return;
      case "answered":
        this.answered(event);
        return;
      case "printed":
        addTime(this.printed, event.module, event.time);
        return;
      case "unsolicited":
        this.records.add({
          kind: "unsolicited",
          time: event.time,
          module: event.module,
          text: tame(event.line),
        });
        return;
      case "payload":
        addPayload(this.records, event);
        return;
      case "wire":
        this.records.add({
          kind: "bytes",
          time: event.time,
          module: event.module,
          text: spacedHex(event.bytes),
          hex: event.bytes,
          bytes: event.bytes.length / 2,
          toModule: event.direction === "to_module",
        });
        return;
      case "hint":
        this.hinted(event);
        return;
      default:
        this.takeState(event);
    }
  }

  private takeState(event: ProgramEvent): void {
    switch (event.event) {
      case "fault": {
        const now = { ...event, time: event.time };
        this.spans.push({
          lane: "faults",
          module: event.module,
          from: now.time,
          to: now.time,
          text: event.fault,
        });
        this.tell(event, `fault ${event.fault} comes (number ${event.id})`);
        void this.refresh("faults");
        return;
      }
      case "air_changed":
        this.tell(event, tame(event.what));
        void this.refresh("air");
        return;
      case "ready":
        this.endAll(event.module, event.time);
        this.tell(event, `ready (${event.reason})`);
        break;
      case "off":
        this.endAll(event.module, event.time);
        this.tell(event, "off");
        break;
      case "joined":
        this.begin("Wi-Fi", event.module, event.time, tame(event.ssid));
        this.tell(event, `joined ${tame(event.ssid)}`);
        break;
      case "left":
        this.end("Wi-Fi", event.module, event.time);
        this.tell(event, "left its network");
        break;
      case "addressed":
        this.tell(event, `has the address ${event.address}`);
        break;
      case "join_failed":
        this.tell(event, `could not join: ${event.reason}`);
        break;
      case "link_opened":
        this.begin(`link ${event.link}`, event.module, event.time, event.peer);
        this.tell(event, `link ${event.link} open: ${event.transport} ${event.peer}`);
        break;
      case "link_closed":
        this.end(`link ${event.link}`, event.module, event.time);
        this.tell(
          event,
          `link ${event.link} closed: ${event.bytes_in} bytes in, ${event.bytes_out} out`,
        );
        break;
      case "link_failed":
        this.tell(event, `link ${event.link} could not be opened: ${event.reason}`);
        break;
      case "station_joined":
        this.tell(event, `station ${event.mac} joined`);
        break;
      case "station_left":
        this.tell(event, `station ${event.mac} left`);
        break;
      default:
        return;
    }
    void this.askStatus();
  }

  private answered(event: Extract<ProgramEvent, { event: "answered" }>): void {
    const text = tame(event.command);
    const { module } = event;
    const time = event.time - event.duration;
    const isIt = (entry: Entry) =>
      entry.kind === "exchange" &&
      entry.module === module &&
      entry.time === time &&
      entry.text === text &&
      entry.result === "";
    // A command with a prompt is answered twice; the second time nothing was typed as a line.
    const entry =
      this.records.first(isIt) ?? this.records.add({ kind: "exchange", time, module, text });
    this.commands++;
    entry.lines = event.lines.map(tame);
    entry.result = tame(event.result);
    entry.duration = event.duration;
  }

  private hinted(event: Extract<ProgramEvent, { event: "hint" }>): void {
    const detail = tame(event.detail);
    const entry =
      this.records.last(
        (each) => each.kind === "exchange" && each.module === event.module && each.text === detail,
      ) ??
      this.records.add({
        kind: "event",
        time: event.time,
        module: event.module,
        text: `hint: ${event.hint}`,
      });
    entry.hints.push({ name: event.hint, detail });
  }
}
