import { useEffect, useState } from "preact/hooks";
import { Air } from "./air";
import { Faults } from "./faults";
import { Header } from "./header";
import { Links } from "./links";
import { Memory } from "./memory";
import { Model } from "./model";
import { Timeline } from "./timeline";
import { keepToken } from "./token";
import { Traffic } from "./traffic";
import { CopyAs, ModelContext, Tabs, useMedia, useModel } from "./ui";

const BESIDE = ["Air", "Links", "Faults", "Memory"];
/** Milliseconds that it stays; while somebody looks how it is written elsewhere, longer. */
const SAID_FOR = 6000;
const ALONE = ["Traffic", "Timeline", ...BESIDE];

function Chosen(props: { name: string; row: number; choose: (id: number) => void }) {
  switch (props.name) {
    case "Traffic":
      return <Traffic chosen={props.row} choose={props.choose} />;
    case "Timeline":
      return <Timeline choose={props.choose} />;
    case "Links":
      return <Links />;
    case "Faults":
      return <Faults choose={props.choose} />;
    case "Memory":
      return <Memory />;
    default:
      return <Air />;
  }
}

/** What the page has done, or why not; a screen reader says it, too. */
function Said() {
  const model = useModel();
  const { said, done } = model;
  const [held, hold] = useState(false);
  useEffect(() => {
    if (said === "" || held) return;
    const timer = setTimeout(() => model.say(""), SAID_FOR);
    return () => clearTimeout(timer);
  }, [said, done, held, model]);
  return (
    <div class="said">
      <span role="status">{said}</span>
      {done.length > 0 && <CopyAs key={JSON.stringify(done)} action={done} hold={hold} />}
    </div>
  );
}

function Panels() {
  const isWide = useMedia("(min-width: 1000px)");
  const [tab, chooseTab] = useState("Traffic");
  const [row, choose] = useState(-1);
  const names = isWide ? BESIDE : ALONE;
  const name = names.includes(tab) ? tab : (names[0] ?? "");
  const chooseRow = (id: number) => {
    choose(id);
    if (!isWide) chooseTab("Traffic");
  };
  return (
    <main class={isWide ? "wide" : ""}>
      {isWide && (
        <div class="column">
          <Timeline choose={choose} />
          <Traffic chosen={row} choose={choose} />
        </div>
      )}
      <div class="column">
        <Tabs label="Panels" names={names} chosen={name} choose={chooseTab} />
        <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${name}`} class="tab-panel">
          <Chosen name={name} row={row} choose={chooseRow} />
        </div>
      </div>
    </main>
  );
}

function AskToken(props: { refused: boolean; use: (token: string) => void }) {
  const [text, setText] = useState("");
  return (
    <main class="ask">
      <h1>BFQ4004</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.use(text.trim());
        }}
      >
        <p>
          {props.refused
            ? "The program does not know this token; it may have been started anew. "
            : ""}
          The program prints it as it starts, and <code>bfq4004 ctl http</code> tells it.
        </p>
        <label class="field">
          Token
          <input
            type="password"
            value={text}
            autocomplete="off"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={text.trim() === ""}>
          Connect
        </button>
      </form>
    </main>
  );
}

function Page(props: { ask: () => void }) {
  const model = useModel();
  const { connection } = model;
  useEffect(() => {
    if (connection === "refused") props.ask();
  }, [connection]);
  return (
    <>
      <Header />
      <Panels />
      <Said />
    </>
  );
}

export function App(props: { token: string }) {
  const [token, setToken] = useState(props.token);
  const [refused, setRefused] = useState(false);
  const [model, setModel] = useState<Model | undefined>(undefined);
  useEffect(() => {
    if (token === "") return;
    keepToken(token);
    const made = new Model(token);
    setModel(made);
    void made.run();
  }, [token]);
  if (token === "" || !model) return <AskToken refused={refused} use={setToken} />;
  const ask = () => {
    keepToken("");
    setModel(undefined);
    setRefused(true);
    setToken("");
  };
  return (
    <ModelContext.Provider value={model}>
      <Page ask={ask} />
    </ModelContext.Provider>
  );
}
