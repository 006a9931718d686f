import type { Capabilities } from "./api";
import type { Hint } from "./records";

/** Why each of these fails on hardware, as the program says. */
export function whyOf(capabilities: Capabilities | undefined, hints: Hint[]): string {
  const rows = capabilities?.hints ?? [];
  return hints
    .map((hint) => {
      const row = rows.find((each) => each.name === hint.name);
      return row ? `${row.looked_for}. ${row.why}` : hint.name.replaceAll("_", " ");
    })
    .join("\n");
}
