// The page's tests:
//
//   node tests/run.mjs unit              what only computes
//   node tests/run.mjs lint              biome
//   node tests/run.mjs types PROGRAM     the types, by that program's OpenAPI file
//   node tests/run.mjs page PROGRAM      a short part of the journeys, in Debian's Chromium
//   node tests/run.mjs whole PROGRAM     all of them, and 3 minutes of load
//   node tests/run.mjs load PROGRAM [MINUTES]       the load alone, 3 minutes or as many
//   node tests/run.mjs pictures PROGRAM FOLDER      pictures of each panel
//
// The status is 77 where there is no Chromium, or where npm has not installed what tests take.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const [what, given, more] = process.argv.slice(2);
// Tests run in another folder.
const program = given && resolve(given);

function run(...command) {
  const done = spawnSync(process.execPath, command, { cwd: root, stdio: "inherit" });
  if (done.status !== 0) process.exit(done.status ?? 1);
}

async function unit() {
  const outfile = `${root}generated/unit.test.mjs`;
  await build({
    absWorkingDir: root,
    entryPoints: ["tests/unit.test.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
  });
  run("--test", outfile);
}

function types() {
  mkdirSync(`${root}generated`, { recursive: true });
  const file = execFileSync(program, ["ctl", "--openapi"], { maxBuffer: 1 << 24 });
  writeFileSync(`${root}generated/openapi.json`, file);
  const made = "generated/api.d.ts";
  run("node_modules/openapi-typescript/bin/cli.js", "generated/openapi.json", "-o", made);
  run("node_modules/typescript/bin/tsc");
}

function journeys(...files) {
  if (!existsSync("/usr/bin/chromium")) {
    console.log("there is no chromium: apt install chromium");
    process.exit(77);
  }
  process.env.BFQ4004 = program;
  for (const file of files) run("--test", file); // one after the other, as load is measured
}

if (!existsSync(`${root}node_modules/typescript`)) {
  console.log("what tests take is not installed: npm ci in dashboard/");
  process.exit(77);
}
switch (what) {
  case "unit":
    await unit();
    break;
  case "lint":
    run("node_modules/@biomejs/biome/bin/biome", "check", ".");
    break;
  case "types":
    types();
    break;
  case "page":
    journeys("tests/page.mjs");
    break;
  case "whole":
    journeys("tests/page.mjs", "tests/panels.mjs", "tests/copies.mjs", "tests/load.mjs");
    break;
  case "load":
    if (more) process.env.MINUTES = more;
    journeys("tests/load.mjs");
    break;
  case "pictures":
    mkdirSync(more, { recursive: true });
    process.env.PICTURES = resolve(more);
    journeys("tests/pictures.mjs");
    break;
  default:
    console.error("write unit, lint, types PROGRAM, page PROGRAM, whole PROGRAM, load or pictures");
    process.exit(2);
}
