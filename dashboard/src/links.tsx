import type { ModuleStatus } from "./api";
import { bytesOf } from "./format";
import { Plot, type Series } from "./plot";
import { rateAt } from "./rates";
import { Act, Panel, useModel } from "./ui";

type Link = ModuleStatus["links"][number];

/** What can be done to a link: the command, its button, and its name to a screen reader. */
const ACTIONS = [
  { command: "link.close", label: "Close", name: "Close" },
  { command: "link.reset", label: "Reset", name: "Reset", danger: true },
  { command: "link.stall", label: "Stall", name: "Stall" },
  { command: "link.resume", label: "Go on", name: "Let go on" },
] as const;
const WAYS = ["in", "out"] as const;
const COLUMNS = ["#", "type", "peer", ...WAYS, "idle", "unread"];

function LinkRow({ link, module }: { link: Link; module: ModuleStatus }) {
  const model = useModel();
  const samples = model.samples.get(module.module) ?? [];
  const recent = rateAt(samples, samples.length - 1, link.link);
  const limit = link.accepted ? module.server?.idle_limit : undefined;
  const given = { module: module.module, link: link.link };
  return (
    <>
      <tr class="facts-of">
        <th scope="row">{link.link}</th>
        <td>
          {link.transport}
          {link.accepted ? " (server)" : ""}
        </td>
        <td class="mono">{link.peer}</td>
        {WAYS.map((way) => (
          <td key={way} class="number">
            {bytesOf(link[`bytes_${way}`])}
            <br />
            <span class="muted">{bytesOf(recent[way])}/s</span>
          </td>
        ))}
        <td class="number" title={limit ? "AT+CIPSTO closes it then" : undefined}>
          {(link.idle / 1e6).toFixed(0)} s{limit ? ` of ${limit} s` : ""}
        </td>
        <td class="number">{link.unread}</td>
      </tr>
      <tr>
        <td />
        <td colSpan={COLUMNS.length - 1}>
          <div class="actions">
            {ACTIONS.map(({ name, ...action }) => (
              <Act key={name} {...action} given={given} describedAs={`${name} link ${link.link}`} />
            ))}
          </div>
        </td>
      </tr>
    </>
  );
}

export function Links() {
  const model = useModel();
  const module = model.module;
  if (!module) return null;
  const samples = model.samples.get(module.module) ?? [];
  const series: Series[] = WAYS.map((way) => ({
    label: way,
    colour: way === "in" ? "accent" : "second",
    values: samples.map((_, i) => rateAt(samples, i)[way]),
  }));
  return (
    <Panel title="Links">
      <Plot
        label="Rates of all links"
        unit="/s"
        times={samples.map((each) => each.time)}
        series={series}
      />
      {module.links.length === 0 ? (
        <p class="muted">No link is open. AT+CIPSTART opens one, and AT+CIPSERVER=1 lets others.</p>
      ) : (
        <div class="scrolls">
          <table>
            <thead>
              <tr>
                {COLUMNS.map((each) => (
                  <th key={each} scope="col">
                    {each}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {module.links.map((link) => (
                <LinkRow key={link.link} link={link} module={module} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {module.server && <p class="muted">The server listens on port {module.server.port}.</p>}
      <p class="muted">{bytesOf(module.waiting_for_host)} wait for the host to read them.</p>
    </Panel>
  );
}
