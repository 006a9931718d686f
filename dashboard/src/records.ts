// What has passed, as a list of bounded length: the oldest go when it is full.

export type Kind = "exchange" | "unsolicited" | "event" | "payload" | "bytes" | "mark";

export interface Hint {
  name: string;
  detail: string;
}

export interface Entry {
  /** Which only grows, for the list itself. */
  id: number;
  kind: Kind;
  module: string;
  /** Microseconds since the program's start, of the first byte that is known. */
  time: number;
  /** The command, the line, or what happened. */
  text: string;
  /** The lines of an answer. */
  lines: string[];
  /** The last line of an answer; empty while it is awaited. */
  result: string;
  duration: number;
  hints: Hint[];
  marked: boolean;
  /** Of payload and bytes: how many, and which way. */
  bytes: number;
  /** Of payload: in how many pieces, each of which has a line +IPD in front of it. */
  pieces: number;
  toModule: boolean;
  /** Of bytes: in hexadecimal. */
  hex: string;
  link: number;
}

export interface Filter {
  text: string;
  kinds: ReadonlySet<Kind>;
  markedOnly: boolean;
  hintsOnly: boolean;
  failedOnly: boolean;
  module: string;
}

export const ALL_KINDS: readonly Kind[] = ["exchange", "unsolicited", "event", "payload", "mark"];
export const EVERYTHING: Filter = {
  text: "",
  kinds: new Set(ALL_KINDS),
  markedOnly: false,
  hintsOnly: false,
  failedOnly: false,
  module: "",
};

export function hasFailed(entry: Entry): boolean {
  return /^(ERROR|FAIL|SEND FAIL|busy)/.test(entry.result);
}

export function passes(entry: Entry, filter: Filter): boolean {
  if (!filter.kinds.has(entry.kind)) return false;
  if (filter.module !== "" && entry.module !== "" && entry.module !== filter.module) return false;
  if (filter.markedOnly && !entry.marked) return false;
  if (filter.hintsOnly && entry.hints.length === 0) return false;
  if (filter.failedOnly && !hasFailed(entry)) return false;
  if (filter.text === "") return true;
  const wanted = filter.text.toLowerCase();
  return [entry.text, entry.result, ...entry.lines].some((part) =>
    part.toLowerCase().includes(wanted),
  );
}

/** The first entry of a list in the order of time that is not before that time. */
export function firstAt(list: readonly { time: number }[], time: number): number {
  return firstOf(list.length, (i) => list[i]?.time ?? 0, time);
}

/** Of so many times in their order, the first that is not before that one. */
export function firstOf(count: number, at: (i: number) => number, time: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(middle) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many entries are kept. */
export const MOST = 12_000;
/** How many go at once, so that the list is not moved for each. */
const GONE_AT_ONCE = 1_000;
/** How many of the last an answer, a hint or a piece of payload may belong to. */
const LOOKED_AT = 200;

export class Records {
  readonly entries: Entry[] = [];
  #next = 1;

  add(entry: Partial<Entry> & { kind: Kind; time: number }): Entry {
    const whole: Entry = {
      module: "",
      text: "",
      lines: [],
      result: "",
      duration: 0,
      hints: [],
      marked: false,
      bytes: 0,
      pieces: 0,
      toModule: false,
      hex: "",
      link: -1,
      ...entry,
      id: this.#next++,
    };
    this.entries.push(whole);
    if (this.entries.length > MOST) this.entries.splice(0, GONE_AT_ONCE);
    return whole;
  }

  clear(): void {
    this.entries.length = 0;
  }

  find(id: number): Entry | undefined {
    const entry = this.entries[id - (this.entries[0]?.id ?? 0)];
    return entry?.id === id ? entry : undefined;
  }

  /** The entry whose time is nearest; entries come in the order of time. */
  nearest(time: number): Entry | undefined {
    const next = firstAt(this.entries, time);
    const [before, after] = [this.entries[next - 1], this.entries[next]];
    return !after || (before && time - before.time < after.time - time) ? before : after;
  }

  /** The first entry, of the last 200, for which that holds. */
  first(holds: (entry: Entry) => boolean): Entry | undefined {
    for (let i = Math.max(0, this.entries.length - LOOKED_AT); i < this.entries.length; i++) {
      const entry = this.entries[i];
      if (entry && holds(entry)) return entry;
    }
    return undefined;
  }

  /** The last entry, of the last 200, for which that holds. */
  last(holds: (entry: Entry) => boolean): Entry | undefined {
    for (let i = this.entries.length - 1; i >= Math.max(0, this.entries.length - LOOKED_AT); i--) {
      const entry = this.entries[i];
      if (entry && holds(entry)) return entry;
    }
    return undefined;
  }
}

/** The entries that a filter lets pass, kept as entries come and go. */
export class Selection {
  entries: Entry[] = [];
  #seen = 0;

  constructor(
    private readonly records: Records,
    readonly filter: Filter,
  ) {}

  /** Takes in what is new, and forgets what is gone; returns how many of its first are gone. */
  update(): number {
    const all = this.records.entries;
    const first = all[0]?.id ?? this.#seen + 1;
    let gone = 0;
    while (gone < this.entries.length && (this.entries[gone]?.id ?? first) < first) gone++;
    if (gone > 0) this.entries.splice(0, gone);
    for (let i = Math.max(0, this.#seen + 1 - first); i < all.length; i++) {
      const entry = all[i];
      if (entry && passes(entry, this.filter)) this.entries.push(entry);
    }
    this.#seen = all[all.length - 1]?.id ?? this.#seen;
    return gone;
  }
}
