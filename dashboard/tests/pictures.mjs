// Pictures of the page, from a run in which a driver's server sends, and the access point goes away.
// They are written to the folder PICTURES: each panel at two widths, light and dark.
import { join } from "node:path";
import { test } from "node:test";
import { connected, launch, open, Program, row, tab, type } from "./program.mjs";

const folder = process.env.PICTURES ?? ".";
const WIDE = ["Air", "Links", "Faults", "Memory"];
const SIZES = [
  { width: 1440, height: 900, names: WIDE },
  { width: 390, height: 844, names: ["Traffic", "Timeline", ...WIDE] },
];

/** A server's data for so many seconds, in pieces that grow and shrink. */
async function send(page, sockets, seconds) {
  for (let i = 0; i < 4 * seconds; i++) {
    sockets.at(-1)?.write("x".repeat(Math.round(900 * (1.2 + Math.sin(i / 3)))));
    await page.waitForTimeout(250);
  }
}

async function happen(program, browser) {
  const { page, server, sockets } = await connected(browser, program);
  await type(page, "AT+CWMODE_DEF=3", /CWMODE_DEF.*OK/);
  await type(page, "AT+CWMODE_DEF=3", /CWMODE_DEF.*OK/);
  await type(page, 'AT+CWSAP_CUR="bench","bench-4004",6,3', /CWSAP.*OK/);
  await program.ask("station.join", { ssid: "bench", password: "bench-4004", position: [-9, 3] });
  await row(page, "station 02:").waitFor();
  await program.ask("module.move", { module: "bfq0", to: [0, 0] });
  await program.ask("ap.change", { name: "BFQ-LAB", position: [5, -7] });
  await send(page, sockets, 8);
  await type(page, "AT+CIPSEND=4", /CIPSEND/);
  await type(page, "ok", "SEND OK");
  await page.getByRole("button", { name: "BFQ-LAB: away for 5 s" }).click();
  await row(page, "WIFI DISCONNECT").waitFor();
  await row(page, "WIFI GOT IP").waitFor();
  await type(page, "AT+CIPSTATUS", /CIPSTATUS.*OK/);
  await type(page, "AT+CIPSEND=4", "link is not valid");
  const port = server.address().port;
  await type(page, `AT+CIPSTART="TCP","host.bfq.internal",${port}`, /CIPSTART.*OK/);
  await program.ask("fault.arm", { fault: "busy-for", typed: "AT+CIPSEND*", nth: 3, time: "2s" });
  return { page, server, sockets };
}

test("pictures", { timeout: 180_000 }, async () => {
  const browser = await launch();
  const program = await Program.start();
  const { page, server, sockets } = await happen(program, browser);
  for (const { width, height, names } of SIZES)
    for (const colorScheme of ["light", "dark"]) {
      const shown = await open(browser, program, { width, height }, { colorScheme });
      await send(page, sockets, 4);
      // The traffic of the time when the access point went.
      await tab(shown, "Faults");
      await shown.getByRole("button", { name: "Show what fault 1 did" }).click();
      for (const name of names) {
        await tab(shown, name);
        await send(page, sockets, 1);
        await shown.screenshot({ path: join(folder, `${width}-${colorScheme}-${name}.png`) });
      }
      await shown.context().close();
    }
  server.close();
  await program.end();
  await browser.close();
});
