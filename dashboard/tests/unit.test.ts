import assert from "node:assert/strict";
import { test } from "node:test";
import { asPytest, asShell, asWorld, changed, fieldValue, formsOf } from "../src/actions";
import {
  ascii,
  bytesOf,
  clock,
  fromHex,
  milliseconds,
  partsOf,
  spacedHex,
  tame,
} from "../src/format";
import { fit, metresAt, placed, scaleOf } from "../src/map";
import { addPayload, isSummary } from "../src/payload";
import { rateAt } from "../src/rates";
import { EVERYTHING, hasFailed, MOST, Records, Selection } from "../src/records";
import { EventParser } from "../src/stream";

test("events are read however the stream is cut", () => {
  const stream = 'id: 1\ndata: {"a":1}\n\nid: 2\ndata: {"a":2}\n\n';
  for (let cut = 0; cut <= stream.length; cut++) {
    const parser = new EventParser();
    const read = [...parser.push(stream.slice(0, cut)), ...parser.push(stream.slice(cut))];
    assert.deepEqual(read, ['{"a":1}', '{"a":2}'], `cut at ${cut}`);
  }
});

test("times and sizes", () => {
  assert.equal(clock(61_234_567), "01:01.234");
  assert.equal(clock(-5), "00:00.000");
  assert.equal(milliseconds(1234), "1.2");
  assert.equal(milliseconds(601_032), "601");
  assert.equal(bytesOf(999), "999 B");
  assert.equal(bytesOf(18_432), "18.4 kB");
  assert.equal(bytesOf(3_000_000_000), "3.00 GB");
});

test("bytes show their line ends", () => {
  assert.equal(ascii(fromHex("41540d0a00ff")), "AT\\r\\n··");
  assert.equal(spacedHex("41540d0a"), "41 54 0d 0a");
});

test("control and direction characters do nothing", () => {
  assert.equal(tame("a\u202Eb\u0007c\u2028d"), "a\\u{202e}b\\u{7}c\\u{2028}d");
  assert.equal(tame("Café <img>"), "Café <img>");
});

test("stored values", () => {
  const value = { ssid: "a\u0007", password: "***", bssid: null, dns: ["1.1.1.1", ""] };
  const text = "ssid a\\u{7}, password ***, bssid none, dns [1.1.1.1, none]";
  assert.equal(partsOf(value), text);
  assert.equal(partsOf({ tcp: [{ no_delay: false }] }), "tcp [{no_delay false}]");
});

test("the list is bounded, and a selection follows it", () => {
  const records = new Records();
  const selection = new Selection(records, { ...EVERYTHING, text: "even" });
  for (let i = 0; i < MOST + 10; i++) {
    records.add({ kind: "event", time: i, text: i % 2 ? "odd" : "even" });
    if (i % 1000 === 0) selection.update();
  }
  selection.update();
  assert.ok(records.entries.length <= MOST);
  assert.equal(selection.entries.length, records.entries.filter((e) => e.text === "even").length);
  assert.equal(selection.entries[0]?.id, records.entries.find((e) => e.text === "even")?.id);
  const last = records.entries[records.entries.length - 1];
  assert.equal(records.find(last?.id ?? 0), last);
  assert.equal(records.find(1), undefined);
});

test("a selection of what was cleared begins anew", () => {
  const records = new Records();
  const selection = new Selection(records, EVERYTHING);
  records.add({ kind: "event", time: 0, text: "first" });
  selection.update();
  records.clear();
  records.add({ kind: "event", time: 0, text: "second" });
  selection.update();
  assert.deepEqual(
    selection.entries.map((each) => each.text),
    ["second"],
  );
});

test("filters", () => {
  const records = new Records();
  records.add({ kind: "exchange", time: 0, text: "AT+X", result: "ERROR", module: "a" });
  records.add({ kind: "exchange", time: 1, text: "AT", result: "OK", module: "b" });
  const texts = (more: object) => {
    const selection = new Selection(records, { ...EVERYTHING, ...more });
    selection.update();
    return selection.entries.map((each) => each.text);
  };
  assert.deepEqual(texts({ failedOnly: true }), ["AT+X"]);
  assert.deepEqual(texts({ module: "b" }), ["AT"]);
  assert.deepEqual(texts({ text: "at+x" }), ["AT+X"]);
  assert.deepEqual(texts({ hintsOnly: true }), []);
  assert.deepEqual(texts({ kinds: new Set() }), []);
  assert.equal(hasFailed(records.entries[0] ?? assert.fail()), true);
});

test("an action as it is written elsewhere", () => {
  const action = { command: "fault.arm", given: { fault: "ap-down", ssid: "it's", time: "5s" } };
  assert.equal(asShell(action), "bfq4004 ctl fault arm fault=ap-down 'ssid=it'\\''s' time=5s");
  assert.equal(
    asPytest([action]),
    "def test_fault_arm(bfq_world):\n" +
      '    bfq_world.control.fault_arm(fault="ap-down", ssid="it\'s", time="5s")\n',
  );
  assert.equal(asWorld(action), '[[fault]]\nfault = "ap-down"\nssid = "it\'s"\ntime = "5s"');
  const given = { name: "X", dhcp: { on: false }, position: [1, 2] };
  const change = { command: "ap.change", given };
  assert.match(
    asPytest([action, change]),
    /ap_change\(name="X", dhcp=\{"on": False\}, position=\[1, 2\]\)\n$/,
  );
  const ap = { ssid: "X", bssid: "02:00:00:00:00:01", rssi: -40, password: { kept: true } };
  assert.equal(
    asWorld(change, [ap]),
    `# in place of the [[ap]] "X"
[[ap]]
ssid = "X"
bssid = "02:00:00:00:00:01"
password = "write it here"  # as it was
dhcp = { on = false }
position = [1, 2]`,
  );
  assert.equal(asWorld({ command: "power.off", given: {} }), undefined);
  assert.equal(formsOf([action, { command: "power.off", given: {} }], [])[2]?.[1], undefined);
});

test("what cannot be seen is written by its number", () => {
  const action = { command: "ap.remove", given: { name: "\u202Ea\u007F'\u{E0001}" } };
  assert.equal(asShell(action), "bfq4004 ctl ap remove $'name=\\u202ea\\u007f\\'\\U000e0001'");
  assert.match(asPytest([action]), /name="\\u202ea\\u007f'\\U000e0001"/);
});

test("a place and a signal take the place of each other", () => {
  assert.deepEqual(changed({ rssi: -4 }, { name: "X", position: [1, 2] }), { position: [1, 2] });
  assert.deepEqual(changed({ position: [1, 2] }, { name: "X", rssi: -4 }), { rssi: -4 });
});

test("fields of forms", () => {
  assert.equal(fieldValue("", "integer"), undefined);
  assert.equal(fieldValue("3", "integer"), 3);
  assert.equal(fieldValue("true", "boolean"), true);
  assert.equal(fieldValue("5s", "string"), "5s");
});

test("a rate is that since the sample before", () => {
  const at = (time: number, ...moved: number[]) => ({ time, moved });
  assert.deepEqual(rateAt([at(0, 0, 0), at(2, 100, 50), at(3)], 1), { in: 50, out: 25 });
  assert.deepEqual(rateAt([at(0, 900, 0), at(1, 100, 0)], 1, 0), { in: 100, out: 0 });
  assert.deepEqual(rateAt([at(0, 1)], 0), { in: 0, out: 0 });
});

test("the map", () => {
  assert.equal(Math.round(metresAt(-60)), 10);
  const [first, second] = placed([{ position: [3, 4] as [number, number] }, {}], () => 12);
  assert.deepEqual(first?.place, [3, 4]);
  assert.equal(second?.isReal, false);
  assert.ok(Math.abs(Math.hypot(...(second?.place ?? [0, 0])) - 12) < 0.1);
  const box = fit([[20, -30]], 2);
  assert.ok(box.x < 0 && box.x + box.width > 20 && box.y + box.height > 30);
  assert.equal(box.width, 2 * box.height);
  assert.deepEqual([0.7, 3, 49, 50].map(scaleOf), [0.5, 2, 20, 50]);
});

test("payload of a second is one row, which says where it sums up", () => {
  const records = new Records();
  const move = (time: number, direction: "in" | "out", pieces: number) =>
    addPayload(records, {
      event: "payload",
      number: 1,
      module: "a",
      link: 0,
      head: `${time}`,
      bytes: 10 * pieces,
      time,
      direction,
      pieces,
    });
  for (let i = 0; i < 10; i++) move(i * 100_000, "in", 2);
  move(900_000, "out", 300);
  assert.deepEqual(
    records.entries.map((each) => [each.text, isSummary(each)]),
    [
      ["link 0 in: 200 bytes", false],
      ["link 0 out: 3000 bytes", false],
    ],
  );
  move(950_000, "in", 1);
  move(1_000_000, "in", 1);
  assert.equal(records.entries[0]?.text, "link 0 in: 210 bytes, 21 pieces summed up");
  assert.equal(records.entries[0]?.lines.length, 8);
  assert.equal(records.entries[2]?.text, "link 0 in: 10 bytes");
});

test("of equal entries the first one is found", () => {
  const records = new Records();
  for (let i = 0; i < 3; i++) records.add({ kind: "exchange", time: 5, text: "AT" });
  const first = records.first((each) => each.text === "AT");
  assert.equal(first?.id, 1);
  for (let i = 0; i < 200; i++) records.add({ kind: "event", time: 6 });
  assert.equal(
    records.first((each) => each.text === "AT"),
    undefined,
    "of the last 200",
  );
});

test("the nearest entry", () => {
  const records = new Records();
  assert.equal(records.nearest(3), undefined);
  for (const time of [10, 20, 30]) records.add({ kind: "event", time });
  assert.deepEqual(
    [0, 14, 16, 99].map((time) => records.nearest(time)?.time),
    [10, 10, 20, 30],
  );
});
