import type { ModuleStatus } from "./api";
import { bytesOf } from "./format";
import { Plot, type Series } from "./plot";
import { rates } from "./rates";
import { Act, Panel, useModel } from "./ui";

type Link = ModuleStatus["links"][number];

function LinkRow({ link, module }: { link: Link; module: ModuleStatus }) {
  const model = useModel();
  const recent = rates(model.samples.get(module.module) ?? [], link.link);
  const given = { module: module.module, link: link.link };
  const called = (what: string) => `${what} link ${link.link}`;
  return (
    <tr>
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
      <td class="number">{(link.idle / 1e6).toFixed(0)} s</td>
      <td class="number">{link.unread}</td>
      <td class="actions">
        <Act command="link.close" given={given} label="Close" describedAs={called("Close")} />
        <Act
          command="link.reset"
          given={given}
          label="Reset"
          describedAs={called("Reset")}
          danger
        />
        <Act command="link.stall" given={given} label="Stall" describedAs={called("Stall")} />
        <Act command="link.resume" given={given} label="Go on" describedAs={called("Let go on")} />
      </td>
    </tr>
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
      values: samples.map((_, i) => rates(samples.slice(0, i + 1)).in),
    },
    {
      label: "out",
      colour: "second",
      values: samples.map((_, i) => rates(samples.slice(0, i + 1)).out),
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
                <th scope="col">do</th>
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
      <p class="muted">{bytesOf(module.waiting_for_host)} wait for the host to read them.</p>
    </Panel>
  );
}
