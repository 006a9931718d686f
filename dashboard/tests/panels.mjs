// Each panel against a real module, two browsers, and a program that restarts.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connected, drag, JOIN, launch, open, Program, row, tab, type } from "./program.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

test("links: bytes, and a connection that is cut", async () => {
  const program = await Program.start();
  const { page, server, sockets } = await connected(browser, program);
  await tab(page, "Links");
  const table = page.getByRole("row").filter({ hasText: `:${server.address().port}` });
  sockets[0].write("x".repeat(1500));
  await table.getByText("1.5 kB").waitFor();
  await row(page, "link 0 in: 1500 bytes").waitFor();
  await page.getByLabel("unsolicited").uncheck();
  sockets[0].write("x".repeat(200_000)); // so many +IPD that not each is a row
  await row(page, /link 0 in: \d+ bytes, \d+ pieces summed up/).click();
  await page.getByText("This is a summary").waitFor();
  await page.getByLabel("unsolicited").check();
  await page.getByRole("listbox", { name: "Traffic" }).press("End"); // follows again
  await page.getByRole("button", { name: "Stall link 0" }).click();
  await page.getByRole("button", { name: "Let go on link 0" }).click();
  await page.getByRole("button", { name: "Reset link 0" }).click();
  await row(page, "CLOSED").waitFor();
  await page.getByText("No link is open").waitFor();
  assert.deepEqual(page.complaints, []);
  server.close();
  await program.end();
});

test("links: a client of the module's server, and when it would be closed", async () => {
  const program = await Program.start({ base: 4100 });
  const page = await open(browser, program);
  await type(page, JOIN, /CWJAP.*OK/);
  await type(page, "AT+CIPMUX=1", /CIPMUX.*OK/);
  await type(page, "AT+CIPSERVER=1,8097", /CIPSERVER.*OK/);
  await type(page, "AT+CIPSTO=90", /CIPSTO.*OK/);
  const client = connect(8097, "127.64.16.5"); // module 4100 of this machine: docs/decisions/0003
  await row(page, "0,CONNECT").waitFor();
  await tab(page, "Links");
  await page.getByText("The server listens on port 8097").waitFor();
  await page.getByText(/^\d s of 90 s$/).waitFor();
  client.destroy();
  assert.deepEqual(page.complaints, []);
  await program.end();
});

test("the header warns of a host that has set its UART otherwise", async () => {
  const program = await Program.start();
  const page = await open(browser, program);
  await page.locator("header").getByText("115200 8N1, fast", { exact: true }).waitFor();
  const path = join(program.folder, "serial");
  const host = openSync(path, "r+");
  execFileSync("stty", ["-F", path, "9600", "raw", "-echo"]);
  await page.locator("header").getByText("a host has 9600").waitFor();
  closeSync(host);
  await page.locator("header").getByText("115200 8N1, fast", { exact: true }).waitFor();
  await program.end();
});

test("air: a password, DHCP, a place, and what goes", async () => {
  const program = await Program.start();
  const page = await open(browser, program);
  await page.getByLabel("New password of BFQ-LAB").fill("another-one");
  await page
    .locator("li")
    .filter({ hasText: "BFQ-LAB" })
    .getByRole("button", { name: "Change" })
    .click();
  await page.getByText("ap.change: done").waitFor();
  await type(page, JOIN, /CWJAP.*FAIL/);
  await page
    .locator("li")
    .filter({ hasText: "BFQ-OPEN" })
    .getByLabel("DHCP")
    .selectOption("refuses");
  const item = page.getByRole("button", { name: /^BFQ-OPEN · 1, at/ });
  await item.focus();
  await page.keyboard.press("ArrowRight");
  await row(page, /rssi, position/).waitFor();
  // Every one of them: those of the default world have a signal that is the same everywhere.
  for (const ssid of ["BFQ-LAB", "BFQ-HIDDEN", "BFQ-WPA", "BFQ-CORP", "BFQ-SILENT"]) {
    await drag(page, new RegExp(`^${ssid} · \\d+, at`), 24, -16);
    await page.getByText(/ap\.change: done/).waitFor();
    await page.getByText(/ap\.change: done/).waitFor({ state: "detached", timeout: 20_000 });
  }
  await drag(page, /^bfq0, at/, 60, 40);
  await page.getByText("module.move: done").waitFor();
  await page.locator(".said").getByText("copy as").click();
  await page.locator(".said").getByRole("button", { name: "shell" }).click();
  await page.getByText(/^bfq4004 ctl module move module=bfq0 'to=\[/).waitFor();
  const status = await program.ask("status");
  assert.equal(status.modules[0].position.length, 2);
  const world = await program.ask("world.show");
  assert.equal(world.ap[1].dhcp.on, "refuses");
  for (const ap of world.ap) {
    assert.equal(ap.position.length, 2, JSON.stringify(ap));
    assert.equal(ap.rssi, undefined, JSON.stringify(ap));
  }
  await page.getByRole("button", { name: "Remove BFQ-CORP" }).click();
  await page.getByRole("button", { name: "Remove BFQ-CORP" }).waitFor({ state: "detached" });
  assert.deepEqual(page.complaints, []);
  await program.end();
});

test("faults: armed, fired, disarmed, and copied", async () => {
  const program = await Program.start();
  const page = await open(browser, program, undefined, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await tab(page, "Faults");
  await page.getByRole("combobox", { name: "fault", exact: true }).selectOption("dns-fail");
  await page.getByText("when it comes").click();
  await page.getByRole("textbox", { name: "typed" }).fill("AT+CIPDOMAIN*");
  const form = page.locator("form.fault");
  await form.getByText("copy as").click();
  await form.getByRole("button", { name: "shell" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, "bfq4004 ctl fault arm fault=dns-fail 'typed=AT+CIPDOMAIN*'");
  await page.getByRole("button", { name: "Make it happen" }).click();
  await type(page, JOIN, /CWJAP.*OK/);
  await type(page, 'AT+CIPDOMAIN="host.bfq.internal"', "ERROR");
  await page.getByText("1 ×").waitFor();
  await page.getByRole("combobox", { name: "fault", exact: true }).selectOption("reset");
  await page.getByRole("textbox", { name: "after" }).fill("1h");
  await page.getByRole("textbox", { name: "typed" }).fill("");
  await page.getByRole("button", { name: "Make it happen" }).click();
  await page.getByRole("button", { name: "Disarm fault 2" }).waitFor();
  await page.getByRole("button", { name: "Fire fault 2" }).click();
  await row(page, "ready (external)").waitFor();
  assert.deepEqual(page.complaints, []);
  await program.end();
});

/** In the page, before its own scripts: the modules have what one with a real radio has. */
function radioIsReal() {
  const ask = window.fetch;
  window.fetch = async (path, how) => {
    const response = await ask(path, how);
    if (!String(path).endsWith("/v1/capabilities")) return response;
    const body = await response.json();
    for (const module of body.return.modules)
      module.has = module.has.filter((each) => each !== "simulated_air");
    return new Response(JSON.stringify(body), { headers: response.headers });
  };
}

test("what a module cannot do is greyed, and says why", async () => {
  const program = await Program.start();
  const page = await open(browser, program, undefined, {}, radioIsReal);
  await tab(page, "Air");
  await page.getByText("This module's radio is real").waitFor();
  assert.equal(await page.getByLabel("New password of BFQ-LAB").count(), 0);
  await tab(page, "Faults");
  const go = page.getByRole("button", { name: "Make it happen" });
  const kind = page.getByRole("combobox", { name: "fault", exact: true });
  await kind.selectOption("ap-down");
  assert.equal(await go.isDisabled(), true);
  assert.match((await go.getAttribute("title")) ?? "", /cannot do that/);
  await kind.selectOption("reset");
  assert.equal(await go.isDisabled(), false);
  assert.deepEqual(page.complaints, []);
  await program.end();
});

test("memory, hints, filters, marks, and the timeline", async () => {
  const program = await Program.start();
  const page = await open(browser, program);
  await tab(page, "Memory");
  for (let i = 0; i < 3; i++) await type(page, "AT+CWMODE_DEF=3", /CWMODE_DEF.*OK/);
  await page.getByRole("row").filter({ hasText: "mode 3" }).waitFor();
  await type(page, JOIN.replace("_CUR", "_DEF"), /CWJAP_DEF.*OK/);
  await page.getByRole("row").filter({ hasText: "ssid BFQ-LAB, password ***" }).waitFor();
  await page.getByLabel("only hints").check();
  await row(page, "CWMODE_DEF").click();
  await page.getByText("Firmware erases a sector").waitFor();
  await page.getByRole("button", { name: "☆ mark" }).click();
  await page.getByLabel("only hints").uncheck();
  await page.getByLabel("only marked").check();
  assert.equal(await page.getByRole("listbox", { name: "Traffic" }).getByRole("option").count(), 1);
  await page.getByLabel("only marked").uncheck();
  await page.getByLabel("Search the traffic").fill("ready");
  await row(page, "ready (power_on)").waitFor();
  assert.equal(await row(page, "CWMODE").count(), 0);
  await page.getByLabel("Search the traffic").fill("");
  await page.getByLabel("Shown as").selectOption("both");
  await type(page, "ATE0");
  await row(page, "ATE0\\r\\n  41 54 45 30 0d 0a").waitFor();
  await page.getByLabel("Shown as").selectOption("lines");
  await page.getByRole("button", { name: "Zoom out" }).click();
  await page.getByRole("img", { name: /^Lanes/ }).click({ position: { x: 500, y: 40 } });
  await page
    .getByRole("listbox", { name: "Traffic" })
    .getByRole("option", { selected: true })
    .waitFor();
  assert.deepEqual(page.complaints, []);
  await program.end();
});

test("downloads", async () => {
  const program = await Program.start();
  const page = await open(browser, program);
  const summary = page.getByText("download", { exact: true });
  await summary.click();
  await page.getByRole("button", { name: "record every byte" }).click();
  await page.getByText("trace.start: done").waitFor();
  await type(page, "AT", /^.*AT.*OK/);
  const begins = { JSONL: "{", pcapng: "\n\r\r\n", cast: '{"version"' };
  for (const [name, start] of Object.entries(begins)) {
    const waits = page.waitForEvent("download");
    await page.getByRole("button", { name, exact: true }).click();
    const text = readFileSync(await (await waits).path(), "latin1");
    assert.ok(text.startsWith(start), `${name}: ${JSON.stringify(text.slice(0, 40))}`);
  }
  assert.deepEqual(page.complaints, []);
  await program.end();
});

test("two browsers see the same, and both come back when the program does", async () => {
  const first = await Program.start({ state: "none" });
  const state = join(first.folder, "state");
  await first.end(true);
  const program = await Program.start({ folder: first.folder, state });
  const [one, other] = [await open(browser, program), await open(browser, program)];
  await type(one, JOIN, /CWJAP.*OK/);
  await row(other, "joined BFQ-LAB").waitFor();
  await program.end(true);
  await one.getByText("connection lost").waitFor();
  const again = await Program.start({
    folder: first.folder,
    state,
    at: new URL(program.address).host,
  });
  assert.equal(again.token, program.token);
  for (const page of [one, other]) {
    await page.getByText("live", { exact: true }).waitFor();
    await row(page, "the program has started anew").waitFor();
    await page.reload();
    await page.getByText("live", { exact: true }).waitFor();
    assert.deepEqual(page.complaints, []);
  }
  await again.end();
});
