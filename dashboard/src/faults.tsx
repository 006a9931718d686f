import { useEffect, useState } from "preact/hooks";
import { fieldValue } from "./actions";
import type { FaultList, Schema } from "./api";
import { clock, tame } from "./format";
import { CopyAs, Panel, useModel } from "./ui";

/** Arguments that every fault has: when it comes. */
const WHEN = ["after", "typed", "printed", "nth", "probability", "times"];

function Field(props: {
  name: string;
  schema: Schema;
  value: string;
  set: (value: string) => void;
  choices?: string[];
}) {
  const { name, schema } = props;
  const choices = schema.enum ?? props.choices;
  const fallback = schema.default === undefined ? "" : String(schema.default);
  return (
    <label class="field" title={schema.description}>
      {name}
      {choices ? (
        <select value={props.value} onChange={(event) => props.set(event.currentTarget.value)}>
          <option value="">{fallback || "(the first one)"}</option>
          {choices.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      ) : (
        <input
          type={schema.type === "integer" || schema.type === "number" ? "number" : "text"}
          step={schema.type === "number" ? "any" : undefined}
          min={schema.minimum}
          max={schema.maximum}
          placeholder={fallback}
          value={props.value}
          onInput={(event) => props.set(event.currentTarget.value)}
        />
      )}
    </label>
  );
}

function Form() {
  const model = useModel();
  const kinds = model.faults?.kinds ?? [];
  const [name, choose] = useState("");
  const [values, setValues] = useState<Record<string, string>>({});
  const kind = kinds.find((each) => each.name === name) ?? kinds[0];
  const schema = model.schemas["fault.arm"]?.properties ?? {};
  if (!kind) return null;
  const own = kind.own.split(" ").filter((each) => each !== "");
  const given: Record<string, unknown> = { fault: kind.name };
  if (model.modules.length > 1) given.module = model.module?.module;
  for (const key of [...own, ...WHEN]) {
    const value = fieldValue(values[key] ?? "", schema[key]?.type);
    if (value !== undefined) given[key] = value;
  }
  const needs = (
    model.capabilities as { faults?: { name: string; needs: string }[] } | undefined
  )?.faults?.find((each) => each.name === kind.name)?.needs;
  const has =
    model.capabilities?.modules.find((each) => each.name === model.module?.module)?.has ?? [];
  const isPossible = !needs || needs === "nothing" || has.includes(needs);
  const ssids = model.accessPoints.map((each) => each.ssid);
  const field = (key: string) => (
    <Field
      key={key}
      name={key}
      schema={schema[key] ?? {}}
      choices={key === "ssid" ? ssids : undefined}
      value={values[key] ?? ""}
      set={(value) => setValues({ ...values, [key]: value })}
    />
  );
  return (
    <form
      class="fault"
      onSubmit={(event) => {
        event.preventDefault();
        void model.act("fault.arm", given as never);
      }}
    >
      <label class="field">
        fault
        <select value={kind.name} onChange={(event) => choose(event.currentTarget.value)}>
          {kinds.map((each) => (
            <option key={each.name} value={each.name}>
              {each.name}
            </option>
          ))}
        </select>
      </label>
      <p>{kind.summary}</p>
      <p class="muted">
        The host sees: {kind.host_sees}. Reproduces: {kind.reproduces}.
      </p>
      {own.length > 0 && <div class="fields">{own.map(field)}</div>}
      <details>
        <summary>when it comes (at once)</summary>
        <div class="fields">{WHEN.map(field)}</div>
      </details>
      <div class="actions">
        <button
          type="submit"
          class="danger"
          disabled={!isPossible}
          title={isPossible ? "" : "this module's radio or network cannot do that"}
        >
          Make it happen
        </button>
        <CopyAs action={{ command: "fault.arm", given }} />
      </div>
    </form>
  );
}

type Fault = FaultList["faults"][number];

/** Its arguments, as they are given at a shell. */
function argumentsOf(fault: Fault): string {
  return Object.entries(fault.given)
    .map(([key, value]) => `${key}=${tame(String(value))}`)
    .join(" ");
}

function ArmedOrPast({ fault, choose }: { fault: Fault; choose: (id: number) => void }) {
  const model = useModel();
  const { last } = fault;
  const show = () => {
    const row = model.records.nearest(last ?? 0);
    if (row) choose(row.id);
  };
  const given = { fault: fault.fault, module: fault.module, ...fault.given };
  return (
    <tr class={fault.armed ? "armed" : ""}>
      <th scope="row">{fault.id}</th>
      <td>
        {fault.fault}
        <div class="muted mono">{argumentsOf(fault)}</div>
      </td>
      {model.modules.length > 1 && <td>{fault.module}</td>}
      <td class="number">{fault.fired} ×</td>
      <td class="number">
        {last !== undefined && (
          <button
            type="button"
            title="what happened then, in the traffic"
            aria-label={`Show what fault ${fault.id} did at ${clock(last)}`}
            onClick={show}
          >
            {clock(last)}
          </button>
        )}
      </td>
      <td class="actions">
        {fault.armed ? (
          <>
            <button
              type="button"
              aria-label={`Fire fault ${fault.id}`}
              onClick={() => void model.act("fault.fire", { id: fault.id })}
            >
              Now
            </button>{" "}
            <button
              type="button"
              aria-label={`Disarm fault ${fault.id}`}
              onClick={() => void model.act("fault.disarm", { id: fault.id })}
            >
              Disarm
            </button>
          </>
        ) : (
          <button
            type="button"
            aria-label={`Once more, as fault ${fault.id}`}
            onClick={() => void model.act("fault.arm", given as never)}
          >
            Again
          </button>
        )}
        <CopyAs action={{ command: "fault.arm", given }} />
      </td>
    </tr>
  );
}

function ArmedAndPast(props: { choose: (id: number) => void }) {
  const model = useModel();
  const all = [...(model.faults?.faults ?? [])].reverse();
  if (all.length === 0) return <p class="muted">Nothing has gone wrong yet.</p>;
  return (
    <div class="scrolls">
      <table>
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">fault</th>
            {model.modules.length > 1 && <th scope="col">module</th>}
            <th scope="col">came</th>
            <th scope="col">last at</th>
            <th scope="col">do</th>
          </tr>
        </thead>
        <tbody>
          {all.map((fault) => (
            <ArmedOrPast key={fault.id} fault={fault} choose={props.choose} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Faults(props: { choose: (id: number) => void }) {
  const model = useModel();
  useEffect(() => void model.refresh("faults"), [model]);
  if (model.capabilities && !model.knows("fault.list"))
    return (
      <Panel title="Faults">
        <p class="muted">This program has no faults.</p>
      </Panel>
    );
  return (
    <Panel title="Faults">
      <Form />
      <h3>Armed and past</h3>
      <ArmedAndPast choose={props.choose} />
    </Panel>
  );
}
