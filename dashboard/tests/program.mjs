// What journeys of the page share: the program, a browser, and an eye on what goes wrong in it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const PROGRAM = process.env.BFQ4004;
const AXE = new URL("../node_modules/axe-core/axe.min.js", import.meta.url);

/** The program with its dashboard; `token` and `address` are what it prints. */
export class Program {
  static async start(options = {}) {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), "bfq-page-"));
    mkdirSync(join(folder, "bfq4004"), { recursive: true });
    const words = [
      "run",
      "--state",
      options.state ?? "none",
      "--control",
      `unix:${join(folder, "bfq4004", "bfq0.sock")}`,
      "--serial",
      `pty:${join(folder, "serial")}`,
      "--dashboard",
      options.at ?? "127.0.0.1:0",
      "--log",
      "off",
      "--module-base",
      String(options.base ?? 4100),
      ...(options.more ?? []),
    ];
    const process = spawn(PROGRAM, words, { stdio: ["ignore", "pipe", "inherit"] });
    let banner = "";
    for await (const piece of process.stdout) {
      banner += piece;
      if (/type\n( {4}.+\n)+\n$/.test(banner)) break;
    }
    const found = /dashboard +(http:\S+)\/#token=(\S+)/.exec(banner);
    assert.ok(found, banner);
    const program = Object.assign(new Program(), {
      folder,
      process,
      address: found[1],
      token: found[2],
      url: `${found[1]}/#token=${found[2]}`,
    });
    await program.ask("wait", { state: "on" }); // what is typed before that is lost
    return program;
  }

  async ask(command, given = {}) {
    const answer = await fetch(`${this.address}/v1/${command}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json" },
      body: JSON.stringify(given),
    });
    const body = await answer.json();
    assert.ok(answer.ok, JSON.stringify(body));
    return body.return;
  }

  async end(keep = false) {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
    if (!keep) rmSync(this.folder, { recursive: true, force: true });
  }
}

export function launch() {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
}

const WIDE = { width: 1440, height: 900 };

/**
 * A page at the program, which fails the test for whatever it complains about. `first` is run in
 * the page before its own scripts.
 */
export async function open(browser, program, view = WIDE, more = {}, first = undefined) {
  const context = await browser.newContext({ viewport: view, ...more });
  const page = await context.newPage();
  if (first) await page.addInitScript(first);
  const complaints = [];
  page.on("console", (line) => {
    // The browser itself says so of a program that ends, and of events that are not kept any more.
    const isLoss = /ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|410 \(Gone\)/.test(line.text());
    if (["error", "warning"].includes(line.type()) && !isLoss) complaints.push(line.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.complaints = complaints;
  await page.goto(program.url);
  await page.getByText("live", { exact: true }).waitFor();
  return page;
}

/** Types a line by the page, and waits for a row with that text and result. */
export async function type(page, line, result) {
  await page.getByLabel("What to type into the module").fill(line);
  await page.getByRole("button", { name: "Send" }).click();
  if (result) await row(page, result).waitFor();
}

export const JOIN = 'AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"';
export const tab = (page, name) => page.getByRole("tab", { name }).click();

/** Drags what has that name on the map so far. */
export async function drag(page, name, right, down) {
  const item = page.getByRole("button", { name });
  const box = await item.locator(":first-child").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + right, y + down, { steps: 4 });
  await page.mouse.up();
}

/** A server that says what it is told, with a page whose module has joined and connected to it. */
export async function connected(browser, program, view, more) {
  const sockets = [];
  const server = createServer((socket) => sockets.push(socket.on("error", () => {})));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const page = await open(browser, program, view, more);
  await type(page, JOIN, /CWJAP.*OK/);
  await type(
    page,
    `AT+CIPSTART="TCP","host.bfq.internal",${server.address().port}`,
    /CIPSTART.*OK/,
  );
  return { page, server, sockets };
}

export function row(page, text) {
  return page.getByRole("option").filter({ hasText: text }).last();
}

export async function isAccessible(page) {
  // By the debugger: the page's own policy lets no other script in.
  const result = await page.evaluate(`${readFileSync(AXE, "utf8")};axe.run()`);
  const found = result.violations.map(
    (each) => `${each.id}: ${each.nodes.map((n) => n.html).join(" ")}`,
  );
  assert.deepEqual(found, []);
}
