import { bytesOf } from "./format";
import { Plot } from "./plot";
import { Panel, useModel } from "./ui";

type Stored = { key: string; writes: number; value?: string };

export function Memory() {
  const model = useModel();
  const module = model.module;
  if (!module) return null;
  const samples = model.samples.get(module.module) ?? [];
  const times = samples.map((each) => each.time);
  const stored = module.flash as Stored[];
  const hasValues = stored.some((each) => each.value !== undefined);
  return (
    <Panel title="Memory">
      <Plot
        label="Memory of the module"
        unit=""
        times={times}
        series={[
          {
            label: "free (AT+SYSRAM)",
            colour: "accent",
            values: samples.map((each) => each.freeBytes),
          },
          {
            label: "waits for the host",
            colour: "second",
            values: samples.map((each) => each.waiting),
          },
        ]}
      />
      <p class="muted">
        The heap of the program: {bytesOf(samples[samples.length - 1]?.heap ?? 0)}
      </p>
      <h3>Flash</h3>
      {stored.length === 0 ? (
        <p class="muted">Nothing was ever stored: a command that ends in _DEF does.</p>
      ) : (
        <div class="scrolls">
          <table>
            <thead>
              <tr>
                <th scope="col">stored</th>
                {hasValues && <th scope="col">value</th>}
                <th scope="col">writes</th>
              </tr>
            </thead>
            <tbody>
              {stored.map((each) => (
                <tr key={each.key}>
                  <th scope="row">{each.key}</th>
                  {hasValues && <td class="mono">{each.value ?? ""}</td>}
                  <td class="number">{each.writes}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
