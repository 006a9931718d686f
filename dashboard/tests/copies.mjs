// What the page copies is pasted where it belongs, and run: at a shell, as a test, in a world file.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { drag, launch, open, Program, row, tab } from "./program.mjs";

const PROGRAM = process.env.BFQ4004;
const PYTHON = fileURLToPath(new URL("../../python", import.meta.url));

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** All that a "copy as" offers, as it is in the clipboard. */
async function copied(page, menu) {
  await menu.locator("summary").click();
  const out = {};
  for (const form of ["shell", "pytest", "world TOML"]) {
    const button = menu.getByRole("button", { name: form, exact: true });
    if (await button.isDisabled()) continue;
    await button.click();
    await page.getByText(`copied as ${form}`).waitFor();
    out[form] = await page.evaluate(() => navigator.clipboard.readText());
  }
  await page.keyboard.press("Escape");
  return out;
}

/** The world with a part of it pasted in, as the comment in front of the part says. */
function pasted(world, part) {
  const blocks = world.split("\n\n");
  const place = /^# in (place of |)(the|all) \[\[(\w+)\]\](?: "(.*)")?/.exec(part);
  if (!place) return `${world}\n${part}\n`;
  const [, instead, , table, name] = place;
  const at = blocks.findIndex(
    (block) => block.includes(`[[${table}]]`) && (!name || block.includes(`"${name}"`)),
  );
  assert.ok(at >= 0, part);
  if (!instead) blocks[at] += `\n${part}`;
  else if (name) blocks[at] = part;
  else
    return [...blocks.filter((block) => !block.startsWith(`[[${table}]]`)), `${part}\n`].join(
      "\n\n",
    );
  return blocks.join("\n\n");
}

test("what is copied works where it is pasted", { timeout: 240_000 }, async () => {
  const program = await Program.start();
  const page = await open(browser, program, undefined, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const done = page.locator(".said");
  const copies = [];
  const card = page.locator("li").filter({ hasText: "BFQ-LAB" });
  const away = await copied(page, card.locator("details").first());
  await card.getByRole("switch").click();
  await page.getByText("switched off").waitFor();
  copies.push(await copied(page, done.locator("details")));
  await card.getByRole("switch").click();
  await drag(page, /^BFQ-LAB · 6, at/, 30, 20);
  await row(page, "rssi, position").waitFor();
  copies.push(await copied(page, done.locator("details")));
  copies.push(await copied(page, page.locator("section[aria-label=Air] details").first()));
  const reset = await copied(page, page.locator("header details").first());
  await tab(page, "Faults");
  await page.getByRole("combobox", { name: "fault", exact: true }).selectOption("busy-for");
  await page.getByRole("textbox", { name: "time" }).fill("3s");
  copies.push(await copied(page, page.locator("form.fault details.copy")));
  copies.push(reset, away); // last, as what they take away comes back only after a while
  assert.deepEqual(page.complaints, []);
  assert.equal(copies.filter((each) => each["world TOML"]).length, copies.length);

  // At a shell, where bfq4004 is in the PATH and finds the program by itself.
  const bin = join(program.folder, "bin");
  mkdirSync(bin);
  symlinkSync(PROGRAM, join(bin, "bfq4004"));
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env.PATH}`,
    XDG_RUNTIME_DIR: program.folder,
    PYTHONPATH: PYTHON,
  };
  const run = (command, ...words) =>
    execFileSync(command, words, { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  for (const { shell } of copies) run("bash", "-ec", shell);
  const { faults } = await program.ask("fault.list");
  assert.equal(faults.filter((each) => each.fault === "ap-down").length, 1);
  assert.equal(faults.filter((each) => each.fault === "busy-for").length, 1);

  // As tests, each in a file of its own.
  const world = run("bfq4004", "world");
  const tests = copies.map(({ pytest }, i) => {
    const path = join(program.folder, `test_copy_${i}.py`);
    writeFileSync(path, pytest);
    return path;
  });
  const options = ["-q", "-p", "no:cacheprovider", "-p", "bfq4004.pytest_plugin"];
  const said = run("/usr/bin/python3", "-B", "-m", "pytest", ...options, ...tests);
  assert.match(said, new RegExp(`${copies.length} passed`));

  // In a world file, which is then run.
  for (const copy of copies) {
    const path = join(program.folder, "my.toml");
    writeFileSync(path, pasted(world, copy["world TOML"]));
    run("bfq4004", "lint", path);
    const other = await Program.start({ base: 4110, more: [path] });
    await other.ask("status");
    await other.end();
  }
  await program.end();
});
