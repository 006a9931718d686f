import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Capabilities } from "./api";
import { ascii, bytesOf, clock, fromHex, milliseconds } from "./format";
import { whyOf } from "./hints";
import { HEADERS_A_SECOND, isSummary } from "./payload";
import {
  ALL_KINDS,
  type Entry,
  EVERYTHING,
  type Filter,
  hasFailed,
  type Kind,
  Selection,
} from "./records";
import { Panel, useModel } from "./ui";

const ROW = 24;
const BEYOND = 3;
const KIND_NAMES: Record<Kind, string> = {
  exchange: "commands",
  unsolicited: "unsolicited",
  event: "events",
  payload: "payload",
  bytes: "bytes",
  mark: "marks",
};
type Form = "lines" | "ascii" | "hex" | "both";

function resultClass(entry: Entry): string {
  if (entry.kind !== "exchange") return "";
  if (entry.result === "") return "awaited";
  return hasFailed(entry) ? "failed" : "good";
}

function BytesCell({ entry, form }: { entry: Entry; form: Form }) {
  const text = () => ascii(fromHex(entry.hex));
  return (
    <span class="cell wide mono">
      <span class="way" role="img" aria-label={entry.toModule ? "to the module" : "to the host"}>
        {entry.toModule ? "→" : "←"}
      </span>
      {form === "hex" ? entry.text : form === "ascii" ? text() : `${text()}  ${entry.text}`}
    </span>
  );
}

function Row(props: {
  entry: Entry;
  top: number;
  chosen: boolean;
  form: Form;
  why: string;
  choose: () => void;
}) {
  const { entry } = props;
  const isAside = entry.kind === "unsolicited" || entry.kind === "event";
  const answer = entry.lines.length > 0 && entry.kind === "exchange" ? entry.lines.join(" · ") : "";
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names the row
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys
    <div
      role="option"
      id={`row-${entry.id}`}
      aria-selected={props.chosen}
      class={`row ${entry.kind} ${resultClass(entry)}`}
      style={{ top: `${props.top}px` }}
      onClick={props.choose}
    >
      <span class="time">{clock(entry.time)}</span>
      {entry.kind === "bytes" ? (
        <BytesCell entry={entry} form={props.form} />
      ) : (
        <>
          <span class="cell mono">
            {entry.marked && <span title="marked">★ </span>}
            {entry.hints.length > 0 && (
              <span class="hint-sign" title={props.why}>
                ⚠{" "}
              </span>
            )}
            {!isAside && entry.text}
            {answer !== "" && <span class="answer"> {answer}</span>}
          </span>
          <span class="cell aside mono">{isAside && entry.text}</span>
        </>
      )}
      <span class="took">
        {entry.kind === "exchange" && entry.result !== ""
          ? `${milliseconds(entry.duration)} ms`
          : ""}
      </span>
      <span class="result">
        {entry.kind === "exchange" && (entry.result || "…")}
        {(entry.kind === "payload" || entry.kind === "bytes") && bytesOf(entry.bytes)}
      </span>
    </div>
  );
}

function Detail({ entry }: { entry: Entry }) {
  const model = useModel();
  return (
    <section class="detail" aria-label="The chosen row">
      <div class="panel-head">
        <strong class="mono">{entry.text}</strong>
        <button
          type="button"
          aria-pressed={entry.marked}
          onClick={() => {
            entry.marked = !entry.marked;
            model.changed();
          }}
        >
          {entry.marked ? "★ marked" : "☆ mark"}
        </button>
      </div>
      <p class="muted">
        {clock(entry.time)} {entry.module}
        {entry.kind === "exchange" &&
          entry.result !== "" &&
          ` · ${milliseconds(entry.duration)} ms · ${entry.result}`}
        {entry.kind === "payload" &&
          ` · ${bytesOf(entry.bytes)} in ${entry.pieces} pieces, ${milliseconds(entry.duration)} ms`}
      </p>
      {isSummary(entry) && (
        <p>
          This is a summary: of the lines in front of received data only the first{" "}
          {HEADERS_A_SECOND} of each second are rows of their own. “record every byte” of the
          downloads has all of them.
        </p>
      )}
      {entry.kind === "bytes" && <pre>{`${ascii(fromHex(entry.hex))}\n${entry.text}`}</pre>}
      {entry.lines.length > 0 && (
        <pre>
          {entry.lines
            .map((line) => (entry.kind === "exchange" ? `${line}\\r\\n` : line))
            .join("\n")}
        </pre>
      )}
      {entry.hints.map((hint) => (
        <p class="hint" key={hint.name}>
          ⚠ <strong>{hint.name.replaceAll("_", " ")}</strong>: {whyOf(model.capabilities, [hint])}
        </p>
      ))}
    </section>
  );
}

function List(props: {
  selection: Selection;
  chosen: number;
  choose: (id: number) => void;
  form: Form;
  paused: boolean;
  capabilities: Capabilities | undefined;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  const sticks = useRef(true);
  const { selection } = props;
  const gone = props.paused ? 0 : selection.update();
  const entries = selection.entries;
  const end = entries.length;
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => setHeight(entry?.contentRect.height ?? 400));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (!box.current || props.paused) return;
    if (sticks.current) box.current.scrollTop = box.current.scrollHeight;
    else if (gone > 0) box.current.scrollTop -= gone * ROW;
  });
  const index = entries.findIndex((entry) => entry.id === props.chosen);
  const reveal = (at: number) => {
    const entry = entries[at];
    if (!entry || !box.current) return;
    sticks.current = false;
    if (at * ROW < box.current.scrollTop) box.current.scrollTop = at * ROW;
    if ((at + 1) * ROW > box.current.scrollTop + height)
      box.current.scrollTop = (at + 1) * ROW - height;
    props.choose(entry.id);
  };
  // A click in the timeline chooses a row that may be out of sight.
  useEffect(() => {
    if (index >= 0) reveal(index);
  }, [props.chosen]);
  const onKey = (event: JSX.TargetedKeyboardEvent<HTMLDivElement>) => {
    const page = Math.max(1, Math.floor(height / ROW) - 1);
    const from = index < 0 ? end : index;
    const to = {
      ArrowDown: Math.min(end - 1, from + 1),
      ArrowUp: Math.max(0, from - 1),
      PageDown: Math.min(end - 1, from + page),
      PageUp: Math.max(0, from - page),
      Home: 0,
      End: end - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    reveal(to);
    if (event.key === "End") sticks.current = true;
  };
  const first = Math.max(0, Math.floor(top / ROW) - BEYOND);
  const most = Math.ceil(height / ROW) + 2 * BEYOND;
  const shown = entries.slice(first, first + most);
  const isShown = index >= first && index < first + shown.length;
  return (
    <div
      ref={box}
      class="list"
      role="listbox"
      tabIndex={0}
      aria-label="Traffic"
      aria-activedescendant={isShown ? `row-${props.chosen}` : undefined}
      onKeyDown={onKey}
      onScroll={(event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        sticks.current = scrollTop + clientHeight > scrollHeight - 2 * ROW;
        setTop(scrollTop);
      }}
    >
      <div role="presentation" style={{ height: `${end * ROW}px` }}>
        {shown.map((entry, i) => (
          <Row
            // What scrolls out leaves its element to what scrolls in.
            key={(first + i) % most}
            entry={entry}
            top={(first + i) * ROW}
            chosen={entry.id === props.chosen}
            form={props.form}
            why={whyOf(props.capabilities, entry.hints)}
            choose={() => props.choose(entry.id)}
          />
        ))}
      </div>
    </div>
  );
}

const ENDS = { line: "with CR LF", text: "as it is", bytes: "hexadecimal" };
const HINTS = {
  line: "AT+…  typed into the module as by one more host",
  text: "payload, without a line end",
  bytes: "41 54 0d 0a",
};

/** Types into the module, as one more host. */
function SendBox() {
  const model = useModel();
  const [text, setText] = useState("");
  const [end, setEnd] = useState<keyof typeof ENDS>("line");
  // In memory alone, as lines may hold passwords.
  const history = useRef<string[]>([]);
  const at = useRef(0);
  const send = async (event: Event) => {
    event.preventDefault();
    if (history.current.at(-1) !== text) history.current.push(text);
    at.current = history.current.length;
    setText("");
    const typed = end === "bytes" ? text.replace(/\s/g, "") : text;
    await model.act("send", { module: model.module?.module ?? "", [end]: typed });
  };
  const onKey = (event: JSX.TargetedKeyboardEvent<HTMLInputElement>) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    at.current = Math.max(0, Math.min(history.current.length, at.current + step));
    setText(history.current[at.current] ?? "");
  };
  return (
    <form class="send" onSubmit={send}>
      <input
        aria-label="What to type into the module"
        placeholder={HINTS[end]}
        value={text}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKey}
      />
      <select
        aria-label="How it is typed"
        value={end}
        onChange={(event) => setEnd(event.currentTarget.value as keyof typeof ENDS)}
      >
        {Object.entries(ENDS).map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
      <button type="submit" disabled={!model.can("send")}>
        Send
      </button>
    </form>
  );
}

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function Downloads({ selection }: { selection: Selection }) {
  const model = useModel();
  const [records, setRecords] = useState(false);
  const exports = model.knows("trace.export");
  const own = () => {
    const lines = selection.entries.map((entry) => JSON.stringify(entry));
    save(new Blob([`${lines.join("\n")}\n`], { type: "application/jsonl" }), "traffic.jsonl");
  };
  const traced = async (format: string) => {
    try {
      const given = format === "cast" ? { format, module: model.module?.module } : { format };
      save(await model.client.file("trace.export", given), `trace.${format}`);
    } catch (error) {
      model.say(`trace.export: ${error instanceof Error ? error.message : error}`);
    }
  };
  const record = async () => {
    await model.act(records ? "trace.stop" : "trace.start", {});
    setRecords(!records);
  };
  return (
    <details class="copy">
      <summary>download</summary>
      <div class="copy-menu">
        {exports && (
          <button type="button" aria-pressed={records} onClick={record}>
            {records ? "stop recording bytes" : "record every byte"}
          </button>
        )}
        <button type="button" onClick={exports ? () => traced("jsonl") : own}>
          JSONL
        </button>
        {["pcapng", "cast"].map((format) => (
          <button
            type="button"
            key={format}
            disabled={!exports}
            title={exports ? "" : "this program has no trace.export"}
            onClick={() => traced(format)}
          >
            {format}
          </button>
        ))}
      </div>
    </details>
  );
}

export function Traffic(props: { chosen: number; choose: (id: number) => void }) {
  const model = useModel();
  const [filter, setFilter] = useState<Filter>(EVERYTHING);
  const [form, setForm] = useState<Form>("lines");
  const [paused, setPaused] = useState(false);
  const module = model.modules.length > 1 ? (model.module?.module ?? "") : "";
  const selection = useMemo(() => {
    const kinds = form === "lines" ? filter.kinds : new Set<Kind>(["bytes", "mark"]);
    return new Selection(model.records, { ...filter, kinds, module });
  }, [model.records, filter, form, module]);
  const toggle = (kind: Kind) => {
    const kinds = new Set(filter.kinds);
    if (!kinds.delete(kind)) kinds.add(kind);
    setFilter({ ...filter, kinds });
  };
  const chosen = model.records.find(props.chosen);
  return (
    <Panel
      title="Traffic"
      aside={
        <div class="tools">
          <select
            aria-label="Shown as"
            value={form}
            onChange={(event) => {
              const wanted = event.currentTarget.value as Form;
              setForm(wanted);
              model.wantBytes(wanted !== "lines");
            }}
          >
            <option value="lines">commands</option>
            <option value="ascii">ASCII</option>
            <option value="hex">hex</option>
            <option value="both">ASCII and hex</option>
          </select>
          <button type="button" aria-pressed={paused} onClick={() => setPaused(!paused)}>
            {paused ? "Go on" : "Pause"}
          </button>
          <button type="button" onClick={() => model.mark()}>
            Mark
          </button>
          <Downloads selection={selection} />
        </div>
      }
    >
      <search class="filters">
        <input
          type="search"
          placeholder="search"
          aria-label="Search the traffic"
          value={filter.text}
          onInput={(event) => setFilter({ ...filter, text: event.currentTarget.value })}
        />
        {form === "lines" &&
          ALL_KINDS.map((kind) => (
            <label key={kind}>
              <input
                type="checkbox"
                checked={filter.kinds.has(kind)}
                onChange={() => toggle(kind)}
              />
              {KIND_NAMES[kind]}
            </label>
          ))}
        {(["markedOnly", "hintsOnly", "failedOnly"] as const).map((key) => (
          <label key={key}>
            <input
              type="checkbox"
              checked={filter[key]}
              onChange={() => setFilter({ ...filter, [key]: !filter[key] })}
            />
            {{ markedOnly: "only marked", hintsOnly: "only hints", failedOnly: "only errors" }[key]}
          </label>
        ))}
        <span class="muted">{model.commands} answered</span>
      </search>
      <List
        selection={selection}
        chosen={props.chosen}
        choose={props.choose}
        form={form}
        paused={paused}
        capabilities={model.capabilities}
      />
      {chosen && <Detail entry={chosen} />}
      <SendBox />
    </Panel>
  );
}
