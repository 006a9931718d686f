import type { ModuleStatus } from "./api";
import { bytesOf } from "./format";
import { Plot, type Series } from "./plot";
import { rateAt } from "./rates";
import { Act, Panel, useModel } from "./ui";

type Link = ModuleStatus["links"][number];

function LinkRow({ link, module }: { link: Link; module: ModuleStatus }) {
  const model = useModel();
  const samples = model.samples.get(module.module) ?? [];
  const recent = rateAt(samples, samples.length - 1, link.link);
  const limit = link.accepted ? module.server?.idle_limit : undefined;
  const given = { module: module.module, link: link.link };
  const called = (what: string) => `${what} link ${link.link}`;
  return (
    <>
      <tr class="facts-of">
        <th scope="row">{link.link}</th>
        <td>
          {link.transport}
          {link.accepted ? " (server)" : ""}
        </td>
        <td class="mono">{link.peer}</td>
        <td class="number">
          {bytesOf(link.bytes_in)}
          <br />
          <span class="muted">{bytesOf(recent.in)}/s</span>
        </td>
        <td class="number">
          {bytesOf(link.bytes_out)}
          <br />
          <span class="muted">{bytesOf(recent.out)}/s</span>
        </td>
        <td class="number" title={limit ? "AT+CIPSTO closes it then" : undefined}>
          {(link.idle / 1e6).toFixed(0)} s{limit ? ` of ${limit} s` : ""}
        </td>
        <td class="number">{link.unread}</td>
      </tr>
      <tr>
        <td />
        <td colSpan={6}>
          <div class="actions">
            <Act command="link.close" given={given} label="Close" describedAs={called("Close")} />
            <Act
              command="link.reset"
              given={given}
              label="Reset"
              describedAs={called("Reset")}
              danger
            />
            <Act command="link.stall" given={given} label="Stall" describedAs={called("Stall")} />
            <Act
              command="link.resume"
              given={given}
              label="Go on"
              describedAs={called("Let go on")}
            />
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
  const series: Series[] = [
    {
      label: "in",
      colour: "accent",
      values: samples.map((_, i) => rateAt(samples, i).in),
    },
    {
      label: "out",
      colour: "second",
      values: samples.map((_, i) => rateAt(samples, i).out),
    },
  ];
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
                <th scope="col">#</th>
                <th scope="col">type</th>
                <th scope="col">peer</th>
                <th scope="col">in</th>
                <th scope="col">out</th>
                <th scope="col">idle</th>
                <th scope="col">unread</th>
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
