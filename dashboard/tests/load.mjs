// What the page costs: 10,000 exchanges a minute and a bulk link, with and without the page, in
// turns of the same run. The module and its peers have one core, Chromium the other. It is one tab
// all the time, so that what it gathers shows: for a turn without the page it is cut off. MINUTES is
// how long, 3 where it is left out.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { cpus } from "node:os";
import { after, before, test } from "node:test";
import { launch, open, Program, row } from "./program.mjs";

const MINUTES = Number(process.env.MINUTES ?? 3);
/** Short ones, so that a machine with other work does not decide; a tab is to grow old, too. */
const WITHOUT = 7_500;
const WITH = Math.max(WITHOUT, Math.min(60_000, MINUTES * 1000));
const EXCHANGES_A_SECOND = 10_000 / 60;
/** Of these: typed within 20 ms, and not answered yet. */
const MOST_AT_ONCE = 10;
const MOST_OPEN = 64;
const MOST_MEMORY = 200e6;
const LEAST_RATIO = 0.95;
/** Milliseconds: thrice as long as the page waits at most before it draws what it has heard. */
const DRAWN_AFTER = 1000;

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

/** Milliseconds, of the kernel's figures. */
const TICK = 10;
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
    await this.has(wanted);
  }

  async has(answers) {
    while (this.answers < answers)
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

/**
 * Types AT at the rate that is wanted, for so long; resolves once all is answered. A host that was
 * held up makes up for it by and by.
 */
async function typeFor(host, time) {
  const [start, answered] = [performance.now(), host.answers];
  let asked = 0;
  for (let past = 0; past < time; past = performance.now() - start) {
    const due = Math.min((past / 1000) * EXCHANGES_A_SECOND, asked + MOST_AT_ONCE);
    for (; asked < due && asked - (host.answers - answered) < MOST_OPEN; asked++)
      host.socket.write("AT\r\n");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await host.has(answered + asked);
  return asked;
}

/** Milliseconds of core 0 in which it did something, or was not there at all. */
function busyOfCore() {
  const line = /^cpu0 +(.*)$/m.exec(readFileSync("/proc/stat", "latin1"))[1];
  const [user, nice, system, , , irq, softirq, steal] = line.split(" ").map(Number);
  return (user + nice + system + irq + softirq + steal) * TICK;
}

/** Milliseconds that these processes had of any core. */
function busyOf(pids) {
  let ticks = 0;
  for (const pid of pids) {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * TICK;
}

/**
 * Bytes that reach the host meanwhile, for each millisecond of core 0 that was not taken by what
 * else the machine does; and how often AT was typed.
 */
async function rateOf(host, pids, time) {
  const [bytes, at, core, ours] = [host.bytes, performance.now(), busyOfCore(), busyOf(pids)];
  const asked = await typeFor(host, time);
  const past = performance.now() - at;
  const others = busyOfCore() - core - (busyOf(pids) - ours);
  return {
    rate: (host.bytes - bytes) / (past - Math.max(0, others)),
    asked,
    others: others / past,
  };
}

let marks = 0;
/**
 * How many commands the page has seen answered, up to one that is typed now. A list that scrolls
 * shows an answer before all else is drawn anew.
 */
async function answeredAt(page, host) {
  const mark = `AT+MARK${++marks}X`;
  host.socket.write(`${mark}\r\n`);
  await row(page, new RegExp(`MARK${marks}X.*ERROR`)).waitFor();
  await page.waitForTimeout(DRAWN_AFTER);
  return Number.parseInt(await page.getByText(/^\d+ answered$/).innerText(), 10);
}

/** In the page, before its own scripts: lets a test take the program away from it. */
function letItLeave() {
  const ask = window.fetch;
  let stay = new AbortController();
  window.leave = () => stay.abort();
  window.comeBack = () => {
    stay = new AbortController();
  };
  window.fetch = (path, how) =>
    ask(path, {
      ...how,
      signal: AbortSignal.any([stay.signal, ...(how?.signal ? [how.signal] : [])]),
    });
}

/**
 * The debugger keeps what a page is sent, up to 100 MB of it, in the process of the tab itself.
 * Nobody who looks at the page has that, so the browser is told to stop: by what is behind
 * Playwright's page, as the page itself has no such wish.
 */
function keepNothing(page) {
  const { delegate } = page._connection.toImpl(page);
  return delegate._mainFrameSession._client.send("Network.disable");
}

async function leave(page) {
  await page.evaluate(() => window.leave());
  await page.getByText("connection lost").waitFor();
}

/** The same with a page, which must see every exchange, and how much memory its tab has. */
async function rateWithPage(host, pids, page) {
  await page.evaluate(() => window.comeBack());
  await page.getByText("live", { exact: true }).waitFor();
  pin(1, descendants(process.pid).filter(isChromium));
  const before = await answeredAt(page, host);
  const measured = await rateOf(host, pids, WITH);
  const memory = tabMemory(descendants(process.pid));
  assert.equal(
    (await answeredAt(page, host)) - before,
    measured.asked + 1,
    "the page sees each exchange",
  );
  await leave(page);
  return { ...measured, memory };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function told(pair) {
  const megabytes = (rate) => `${(rate / 1000).toFixed(1)} MB/s`;
  return (
    `${megabytes(pair.with)} with the page, ${megabytes(pair.without)} without: ` +
    `${(pair.with / pair.without).toFixed(3)}; ${pair.asked} exchanges; ` +
    `${(pair.memory / 1e6).toFixed(0)} MB; others had ${Math.round(100 * pair.others)} %`
  );
}

/** Pairs of turns, one with and one without the page; which is first changes from pair to pair. */
async function pairs(host, pids, page) {
  const all = [];
  const end = performance.now() + MINUTES * 60_000;
  for (let pair = 0; performance.now() < end; pair++) {
    const first = pair % 2 ? undefined : await rateOf(host, pids, WITHOUT);
    const there = await rateWithPage(host, pids, page);
    const away = first ?? (await rateOf(host, pids, WITHOUT));
    const others = Math.max(there.others, away.others);
    all.push({ ...there, with: there.rate, without: away.rate, others });
    console.log(told(all.at(-1)));
  }
  return all;
}

const skip = cpus().length < 2 && "it takes a core for the module and one for the browser";
test(`${MINUTES} minutes of load`, { skip, timeout: (MINUTES + 3) * 60_000 }, async () => {
  const port = 14_404;
  const program = await Program.start({ more: ["--serial", `tcp:${port}`] });
  const server = await endless();
  const host = new Host(port);
  try {
    await host.say("ATE0");
    await host.say('AT+CWJAP_CUR="BFQ-LAB","bfq4004-lab"');
    await host.say("AT+CIPMUX=1");
    const page = await open(browser, program, undefined, {}, letItLeave);
    await keepNothing(page);
    await page.getByLabel("unsolicited").uncheck();
    await page.getByLabel("payload").uncheck();
    await leave(page);
    await host.say(`AT+CIPSTART=0,"TCP","host.bfq.internal",${server.address().port}`);
    const pids = descendants(process.pid).filter((pid) => !isChromium(pid));
    pin(0, pids);
    const all = await pairs(host, pids, page);
    const memory = Math.max(...all.map((each) => each.memory));
    const ratio = median(all.map((each) => each.with / each.without));
    const mean = (way) => all.reduce((sum, each) => sum + each[way], 0) / all.length;
    console.log(
      `${all.length} turns of ${WITH / 1000} s with the page, which saw all of ` +
        `${all.length * mean("asked")} exchanges, ${Math.round((60_000 * mean("asked")) / WITH)} ` +
        `a minute; the median of ${all.length} ratios is ${ratio.toFixed(3)}, ` +
        `and the tab had at most ${(memory / 1e6).toFixed(0)} MB`,
    );
    const least = Math.min(...all.map((each) => each.asked));
    assert.ok(least > (0.95 * EXCHANGES_A_SECOND * WITH) / 1000, `only ${least} exchanges`);
    assert.deepEqual(page.complaints, []);
    assert.ok(memory > 0 && memory < MOST_MEMORY, `${memory} bytes`);
    assert.ok(ratio >= LEAST_RATIO, `ratio ${ratio}`);
  } finally {
    host.socket.destroy();
    server.close();
    await program.end();
  }
});
