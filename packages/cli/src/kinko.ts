#!/usr/bin/env node
import { readFileSync } from "node:fs";

// Before anything else is loaded: scripts ask for the version at every start.
if (process.argv.length === 3 && process.argv[2] === "--version") {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  process.stdout.write(`${(JSON.parse(text) as { readonly version: string }).version}\n`);
} else {
  const [{ main }, { processIo }] = await Promise.all([import("./main.js"), import("./io.js")]);
  process.exitCode = await main(process.argv.slice(2), processIo());
}
