// Makes one document of the page, with its script and styles, and a C++ source that holds it:
//
//   node build.mjs OUT.cpp     for the program, see src/daemon/http/dashboard.h
//   node build.mjs OUT.html    the document alone
//
// The policy lets nothing run or style the document but what is in it, and lets it ask its own
// origin alone.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const MOST_COMPRESSED = 150_000;
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E" +
  "%3Crect width='16' height='16' rx='3' fill='%230b6e99'/%3E%3Cpath d='M3 11V5h3l4 6h3V5' " +
  "fill='none' stroke='%23fff' stroke-width='1.5'/%3E%3C/svg%3E";

function digest(text, encoding = "base64") {
  return createHash("sha256").update(text).digest(encoding);
}

async function bundle() {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
    entryPoints: { page: "src/main.tsx" },
    outdir: "out",
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "inline",
    logLevel: "warning",
  });
  const text = (end) => outputFiles.find((file) => file.path.endsWith(end)).text.trim();
  return { script: text(".js"), style: text(".css") };
}

function documentOf({ script, style }) {
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>BFQ4004</title>` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">` +
    `<meta name="color-scheme" content="light dark"><link rel="icon" href="${ICON}">` +
    `<style>${style}</style></head><body><div id="page"></div>` +
    `<noscript>This page needs JavaScript.</noscript><script>${script}</script></body></html>\n`
  );
}

function policyOf({ script, style }) {
  return [
    "default-src 'none'",
    `script-src 'sha256-${digest(script)}'`,
    `style-src 'sha256-${digest(style)}'`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

function literalOf(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 64) {
    let line = "";
    for (const byte of bytes.subarray(at, at + 64)) {
      const plain = byte >= 32 && byte < 127 && byte !== 34 && byte !== 92 && byte !== 63;
      line += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
    }
    lines.push(`    "${line}"`);
  }
  return lines.join("\n");
}

function sourceOf(parts) {
  const content = Buffer.from(documentOf(parts));
  const gzip = gzipSync(content, { level: 9 });
  if (gzip.length > MOST_COMPRESSED)
    throw new Error(`the page has ${gzip.length} bytes compressed, of at most ${MOST_COMPRESSED}`);
  const tag = `"${digest(content, "hex").slice(0, 32)}"`;
  return `#include "daemon/http/dashboard.h"

namespace bfq::http {
namespace {
constexpr char kDocument[] =
${literalOf(content)};
constexpr char kGzip[] =
${literalOf(gzip)};
}  // namespace
const Dashboard kDashboard{
    .document{kDocument, ${content.length}},
    .gzip{kGzip, ${gzip.length}},
    .policy = ${JSON.stringify(policyOf(parts))},
    .tag = ${JSON.stringify(tag)}};
}  // namespace bfq::http
`;
}

const out = process.argv[2];
const parts = await bundle();
writeFileSync(out, out.endsWith(".html") ? documentOf(parts) : sourceOf(parts));
