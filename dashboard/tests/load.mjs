// What the page costs: 10,000 exchanges a minute and a bulk link, with and without the page, in
// turns of the same run. The module and its peers have one core, Chromium the other. MINUTES is how
// long, 3 where it is left out.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { after, before, test } from "node:test";
import { launch, open, Program } from "./program.mjs";

const MINUTES = Number(process.env.MINUTES ?? 3);
const TURN = 15_000;
const EXCHANGES_A_SECOND = 10_000 / 60;
const MOST_MEMORY = 200e6;
const LEAST_RATIO = 0.95;

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

function descendants(root) {
  const parents = new Map();
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 4).split(" ")[0]));
    } catch {
      // it has ended
    }
  }
  const isBelow = (pid) => pid === root || (parents.has(pid) && isBelow(parents.get(pid)));
  return [...parents.keys()].filter(isBelow);
}

function pin(core, pids) {
  for (const pid of pids) {
    try {
      execFileSync("taskset", ["-a", "-p", "-c", String(core), String(pid)], { stdio: "ignore" });
    } catch {
      // it has ended
    }
  }
}

function isChromium(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("chromium");
  } catch {
    return false;
  }
}

/** The largest proportional set size of a renderer, in bytes. */
function tabMemory(pids) {
  let most = 0;
  for (const pid of pids) {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("--type=renderer")) continue;
      const pss = /^Pss: +(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "latin1"));
      most = Math.max(most, 1024 * Number(pss?.[1] ?? 0));
    } catch {
      // it has ended
    }
  }
  return most;
}

const OK = "\r\nOK\r\n";

class Host {
  bytes = 0;
  answers = 0;
  #tail = "";
  #waits = () => {};

  constructor(port) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.setNoDelay(true);
    this.socket.on("data", (data) => {
      this.bytes += data.length;
      const text = this.#tail + data.toString("latin1");
      this.answers += text.split(OK).length - 1;
      this.#tail = text.slice(1 - OK.length);
      this.#waits();
    });
  }

  /** Counts, as data of the link may come right behind the answer. */
  async say(line) {
    const wanted = this.answers + 1;
    this.socket.write(`${line}\r\n`);
    while (this.answers < wanted)
      await new Promise((resolve) => {
        this.#waits = resolve;
      });
  }
}

/** A server that sends for as long as somebody reads. */
async function endless() {
  const chunk = Buffer.alloc(16_384, "b");
  const server = createServer((socket) => {
    socket.on("error", () => {});
    const more = () => {
      while (socket.write(chunk));
    };
    socket.on("drain", more);
    more();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** Types AT at the rate that is wanted. */
function typeAll(host) {
  const start = performance.now();
  let asked = 0;
  return setInterval(() => {
    const due = ((performance.now() - start) / 1000) * EXCHANGES_A_SECOND;
    for (; asked < due; asked++) host.socket.write("AT\r\n");
  }, 20);
}

/** Bytes a millisecond that reach the host during a turn. */
async function rateOf(host) {
  const [before, at] = [host.bytes, performance.now()];
  await new Promise((resolve) => setTimeout(resolve, TURN));
  return (host.bytes - before) / (performance.now() - at);
}

/** The same with a page, and how much memory its tab had. */
async function rateWithPage(host, program) {
  const page = await open(browser, program);
  pin(1, descendants(process.pid).filter(isChromium));
  const rate = await rateOf(host);
  const memory = tabMemory(descendants(process.pid));
  assert.deepEqual(page.complaints, []);
  await page.context().close();
  return { rate, memory };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Pairs of turns, one with and one without the page; which is first changes from pair to pair. */
async function pairs(host, program) {
  const all = [];
  const end = performance.now() + MINUTES * 60_000;
  for (let pair = 0; performance.now() < end; pair++) {
    const first = pair % 2 ? undefined : await rateOf(host);
    const page = await rateWithPage(host, program);
    const without = first ?? (await rateOf(host));
    all.push({ with: page.rate, without, memory: page.memory });
  }
  return all;
}

test(`${MINUTES} minutes of load`, { timeout: (MINUTES + 3) * 60_000 }, async () => {
  const port = 14_404;
  const program = await Program.start({ more: ["--serial", `tcp:${port}`] });
  const server = await endless();
  const host = new Host(port);
  let typing;
  try {
    await host.say("ATE0");
    await host.say('AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"');
    await host.say("AT+CIPMUX=1");
    await host.say(`AT+CIPSTART=0,"TCP","host.bfq.internal",${server.address().port}`);
    const [chromium, others] = [true, false].map((wanted) =>
      descendants(process.pid).filter((pid) => isChromium(pid) === wanted),
    );
    pin(1, chromium);
    pin(0, others);
    typing = typeAll(host);
    const [before, start] = [host.answers, performance.now()];
    const all = await pairs(host, program);
    const minutes = (performance.now() - start) / 60_000;
    const memory = Math.max(...all.map((each) => each.memory));
    const ratio = median(all.map((each) => each.with / each.without));
    const mean = (way) => all.reduce((sum, each) => sum + each[way], 0) / all.length / 1000;
    console.log(
      `${Math.round((host.answers - before) / minutes)} answers a minute; ` +
        `${mean("with").toFixed(2)} MB/s with and ${mean("without").toFixed(2)} without the page; ` +
        `ratios ${all.map((each) => (each.with / each.without).toFixed(3)).join(" ")}, ` +
        `their median ${ratio.toFixed(3)}; the tab had at most ${(memory / 1e6).toFixed(0)} MB`,
    );
    assert.ok(memory > 0 && memory < MOST_MEMORY, `${memory} bytes`);
    assert.ok(ratio >= LEAST_RATIO, `ratio ${ratio}`);
  } finally {
    clearInterval(typing);
    host.socket.destroy();
    server.close();
    await program.end();
  }
});
