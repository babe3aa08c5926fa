// The second half of scripts/vendor: node scripts/vendor-page.mjs NODE_MODULES VENDOR_FOLDER [--check]
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [from, to, mode] = process.argv.slice(2);

/** Which file of which package becomes which module here. */
const MODULES = [
  { name: "preact.mjs", package: "preact", file: "dist/preact.mjs" },
  { name: "preact-hooks.mjs", package: "preact", file: "hooks/dist/hooks.mjs" },
  { name: "htm.mjs", package: "htm", file: "dist/htm.mjs" },
  { name: "signals-core.mjs", package: "@preact/signals-core", file: "dist/signals-core.mjs" },
  { name: "signals.mjs", package: "@preact/signals", file: "dist/signals.mjs" },
];
const IMPORTS = {
  "preact": "./preact.mjs",
  "preact/hooks": "./preact-hooks.mjs",
  "@preact/signals-core": "./signals-core.mjs",
};

/** Types are looked up where the packages lie during the check; what is shipped only points there. */
const TYPES = {
  "preact.d.mts": 'export * from "preact";\n',
  "preact-hooks.d.mts": 'export * from "preact/hooks";\n',
  "signals.d.mts": 'export * from "@preact/signals";\n',
  "signals-core.d.mts": 'export * from "@preact/signals-core";\n',
  "htm.d.mts": 'export { default } from "htm";\n',
};

/** zstddec carries its WebAssembly as base64 and loads it from a data: address, which the policy forbids. */
const WASM = { name: "zstd.wasm", package: "zstddec", file: "dist/zstddec.mjs" };

const read = (name, file) => readFileSync(join(from, name, file), "utf8");
const about = (name) => JSON.parse(read(name, "package.json"));

function relative(source) {
  return source
    .replace(/(from\s*)"([^".][^"]*)"/g, (_, keyword, name) => {
      if (!IMPORTS[name]) throw new Error(`no vendored module for the import of ${name}`);
      return `${keyword}"${IMPORTS[name]}"`;
    })
    .replace(/\n?\/\/# sourceMappingURL=.*\n?/g, "\n");
}

function wasm() {
  const found = /const wasm\s*=\s*["']([A-Za-z0-9+/=]+)["']/.exec(read(WASM.package, WASM.file));
  if (!found) throw new Error("zstddec no longer carries its WebAssembly where it used to");
  return Buffer.from(found[1], "base64");
}

function readme(sources) {
  const rows = sources.map((source) => {
    const { version, license } = about(source.package);
    return `| \`${source.name}\` | ${source.package} | ${version} | ${license} | \`${source.file}\` |`;
  });
  return [
    "# Third-party modules of the pages", "",
    "Written by `scripts/vendor` from the packages pinned in `tests/page/package-lock.json`; do not edit.",
    "Imports between them are made relative; `zstd.wasm` is the WebAssembly that zstddec carries as base64,",
    "loaded by `../picture/zstd.js`. The `.d.mts` files tell `scripts/check-page` whose types to take.", "",
    "| file | package (npm) | version | licence | from |", "|---|---|---|---|---|", ...rows, "",
    "Each package's licence stands beside it as `NAME-LICENSE`.", "",
  ].join("\n");
}

const files = new Map(MODULES.map((m) => [m.name, Buffer.from(relative(read(m.package, m.file)))]));
files.set(WASM.name, wasm());
for (const [name, text] of Object.entries(TYPES)) files.set(name, Buffer.from(text));
for (const name of new Set([...MODULES, WASM].map((source) => source.package)))
  files.set(`${name.replace("@", "").replace("/", "-")}-LICENSE`, Buffer.from(read(name, "LICENSE")));
files.set("README.md", Buffer.from(readme([...MODULES, WASM])));

const present = existsSync(to) ? readdirSync(to) : [];
const differing = [
  ...[...files].filter(([name, bytes]) => !present.includes(name) || !readFileSync(join(to, name)).equals(bytes)).map(([name]) => name),
  ...present.filter((name) => !files.has(name)),
];
if (mode === "--check") {
  for (const name of differing) console.error(`vendor/${name} is not what scripts/vendor makes`);
  process.exit(differing.length ? 1 : 0);
}
rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
for (const [name, bytes] of files) writeFileSync(join(to, name), bytes);
console.log(`${files.size} files, ${differing.length} changed`);
