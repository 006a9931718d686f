// The short part: the README's first session by the page, hostile names, and axe.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { isAccessible, launch, open, Program, row, type } from "./program.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

async function served() {
  const server = createServer((_, answer) => answer.end("Hello from this machine.\n"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

test("the first session", async () => {
  const program = await Program.start();
  const server = await served();
  const page = await open(browser, program);
  assert.equal(new URL(page.url()).hash, "", "the token stands in no history");
  await type(page, "AT", "AT");
  await type(page, 'AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"', /CWJAP.*OK/);
  await page.locator("header").getByText("10.44.").waitFor();
  await type(page, "AT+CIFSR", /STAIP.*OK/);
  await type(
    page,
    `AT+CIPSTART="TCP","host.bfq.internal",${server.address().port}`,
    /CIPSTART.*OK/,
  );
  await type(page, "AT+CIPSEND=18", /CIPSEND/);
  await type(page, "GET / HTTP/1.0");
  await type(page, "", "SEND OK");
  await row(page, "link 0 closed").waitFor();
  await type(page, "AT+CIPSTATUS", /CIPSTATUS.*STATUS:4/);
  assert.equal(await page.getByText("bfq4004-lab").count(), 0, "the password is masked");
  assert.deepEqual(page.complaints, []);
  server.close();
  await program.end();
});

test("taking the access point away shows what the module does", async () => {
  const program = await Program.start();
  const page = await open(browser, program);
  await type(page, 'AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"', /CWJAP.*OK/);
  await page.getByRole("button", { name: "BFQ-LAB: away for 5 s" }).click();
  await row(page, "WIFI DISCONNECT").waitFor();
  await page.getByRole("switch", { name: "BFQ-OPEN is on" }).click();
  await page.getByText("switched off").waitFor();
  await page.getByRole("switch", { name: "BFQ-OPEN is on" }).click();
  await page.getByText("open, channel 1, -58 dBm everywhere").waitFor();
  assert.deepEqual(page.complaints, []);
  await program.end();
});

test("a hostile name is text everywhere", async () => {
  const program = await Program.start();
  const names = ["<img src=x onerror=alert(1)>", "\u202Eevil\u2066", "a\u0007\u001b[31mb"];
  for (const ssid of names) await program.ask("ap.add", { ssid, security: "open" });
  const page = await open(browser, program);
  await type(page, 'AT+CWJAP_CUR="<img src=x onerror=alert(1)>",""', /CWJAP/);
  await page.locator("header").getByText("<img src=x").waitFor();
  for (const name of ["Air", "Links", "Faults", "Memory"]) {
    await page.getByRole("tab", { name }).click();
    assert.equal(await page.locator("img").count(), 0);
  }
  const text = await page.evaluate(() => document.body.innerText);
  for (const acting of ["\u0007", "\u001b", "\u202e", "\u2066"]) assert.ok(!text.includes(acting));
  assert.deepEqual(page.complaints, []);
  await program.end();
});

test("axe finds nothing, in light and dark", async () => {
  const program = await Program.start();
  for (const colorScheme of ["light", "dark"]) {
    const page = await open(browser, program, undefined, { colorScheme });
    await type(page, "AT+X", "ERROR");
    for (const name of ["Air", "Links", "Faults", "Memory"]) {
      await page.getByRole("tab", { name }).click();
      await isAccessible(page);
    }
    await page.context().close();
  }
  await program.end();
});

test("without the token the page asks for it", async () => {
  const program = await Program.start();
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${program.address}/#token=${"0".repeat(64)}`);
  await page.getByText("does not know this token").waitFor();
  await page.getByLabel("Token").fill(program.token);
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByText("live", { exact: true }).waitFor();
  await page.reload();
  await page.getByText("live", { exact: true }).waitFor();
  await program.end();
});
