// What panels share.
import type { ComponentChildren, JSX } from "preact";
import { createContext } from "preact";
import { useContext, useEffect, useReducer, useRef, useState } from "preact/hooks";
import { type Action, formsOf } from "./actions";
import type { Arguments, Command } from "./api";
import type { Model } from "./model";

export const ModelContext = createContext<Model | undefined>(undefined);

/** The model; the component is drawn again when it changes. */
export function useModel(): Model {
  const model = useContext(ModelContext);
  if (!model) throw new Error("there is no model");
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => model.listen(() => draw(undefined)), [model]);
  return model;
}

export function Panel(props: {
  title: string;
  children: ComponentChildren;
  aside?: ComponentChildren;
}) {
  return (
    <section class="panel" aria-label={props.title}>
      <div class="panel-head">
        <h2>{props.title}</h2>
        {props.aside}
      </div>
      {props.children}
    </section>
  );
}

/** Copies an action, or several, as they are written elsewhere. */
export function CopyAs(props: {
  action: Action | Action[];
  label?: string;
  hold?: (isOpen: boolean) => void;
}) {
  const actions = [props.action].flat();
  const model = useModel();
  const [shown, show] = useState("");
  const [isOpen, setOpen] = useState(false);
  const copy = async (name: string, text: string) => {
    show(text);
    try {
      await navigator.clipboard.writeText(text);
      model.say(`copied as ${name}`, model.done);
    } catch {
      model.say("the browser does not let the page copy: select the text", model.done);
    }
  };
  const called = actions.map((each) => each.command).join(", ");
  return (
    <details
      class="copy"
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
        props.hold?.(event.currentTarget.open);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.currentTarget.open = false;
        event.currentTarget.querySelector("summary")?.focus();
      }}
    >
      <summary aria-label={`${props.label ?? "copy as"}: ${called}`}>
        {props.label ?? "copy as"}
      </summary>
      {isOpen && (
        <div class="copy-menu">
          {formsOf(actions, model.accessPoints).map(([name, text]) => (
            <button
              type="button"
              key={name}
              disabled={text === undefined}
              title={text ?? "a world file has no word for this"}
              onClick={() => text !== undefined && copy(name, text)}
            >
              {name}
            </button>
          ))}
          {shown !== "" && <pre>{shown}</pre>}
        </div>
      )}
    </details>
  );
}

/** A button that carries out a command, and says how that is done elsewhere. */
export function Act<N extends Command>(props: {
  command: N;
  given: Arguments<N>;
  label: string;
  danger?: boolean;
  disabled?: boolean;
  describedAs?: string;
}) {
  const model = useModel();
  const isPossible = model.can(props.command);
  return (
    <span class="act">
      <button
        type="button"
        class={props.danger ? "danger" : ""}
        disabled={!isPossible || props.disabled}
        title={isPossible ? "" : "this program, or this radio, cannot do that"}
        aria-label={props.describedAs}
        onClick={() => void model.act(props.command, props.given)}
      >
        {props.label}
      </button>
      <CopyAs action={{ command: props.command, given: props.given as Record<string, unknown> }} />
    </span>
  );
}

/** The width in pixels that an element has, as it changes. */
export function useWidth(): [{ current: HTMLDivElement | null }, number] {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) =>
      setWidth(Math.floor(entry?.contentRect.width ?? 0)),
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}

export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const look = () => setMatches(list.matches);
    list.addEventListener("change", look);
    return () => list.removeEventListener("change", look);
  }, [query]);
  return matches;
}

/** Tabs by the pattern of the ARIA authoring practices: arrows choose, one tab is in the tab order. */
export function Tabs(props: {
  label: string;
  names: string[];
  chosen: string;
  choose: (name: string) => void;
}) {
  const onKey = (event: JSX.TargetedKeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const count = props.names.length;
    const next = props.names[(props.names.indexOf(props.chosen) + step + count) % count];
    if (next === undefined) return;
    props.choose(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div role="tablist" aria-label={props.label} class="tabs" onKeyDown={onKey}>
      {props.names.map((name) => (
        <button
          type="button"
          role="tab"
          key={name}
          id={`tab-${name}`}
          aria-selected={name === props.chosen}
          aria-controls="tab-panel"
          tabIndex={name === props.chosen ? 0 : -1}
          onClick={() => props.choose(name)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
