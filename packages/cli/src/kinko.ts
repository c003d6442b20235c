#!/usr/bin/env node
import { readFileSync, writeSync } from "node:fs";

// Before anything else is loaded, and without opening process.stdout, which loads Node's network
// modules when it is a pipe: scripts ask for the version at every start.
if (process.argv.length === 3 && process.argv[2] === "--version") {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  try {
    writeSync(1, `${(JSON.parse(text) as { readonly version: string }).version}\n`);
  } catch {
    // A full disk, or a reader that went away: told as every command tells it.
    void start();
  }
} else {
  // Not awaited here: this file is built as CommonJS, which starts faster and knows no such thing.
  void start();
}

async function start(): Promise<void> {
  const [{ main }, { processIo }] = await Promise.all([import("./main.js"), import("./io.js")]);
  process.exitCode = await main(process.argv.slice(2), processIo());
}
