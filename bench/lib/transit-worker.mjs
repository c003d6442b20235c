// One large file in a process of its own, so that its memory can be measured:
// node transit-worker.mjs CORE PROVIDER encrypt|decrypt INPUT OUTPUT, with VAULT_ADDR and VAULT_TOKEN.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [core = "", providerFile = "", operation = "", input = "", output = ""] =
  process.argv.slice(2);
const { createStore, silentLogger, systemClock } = await import(
  pathToFileURL(join(core, "dist/index.js")).href
);
const { decryptFile, encryptFile } = await import(
  pathToFileURL(join(core, "dist/envelope/index.js")).href
);
const { provider } = await import(pathToFileURL(providerFile).href);

const context = {
  clock: systemClock,
  logger: silentLogger,
  directory: ".",
  env: process.env,
  timeoutMs: 30_000,
};
const store = createStore("vault", await provider.create({}, context));
const startMs = performance.now();
const convert = operation === "encrypt" ? encryptFile : decryptFile;
await convert(input, output, { encryption: store.as("encryption"), key: "bench" });
const elapsedMs = performance.now() - startMs;
await store.close();
// Not resourceUsage().maxRSS: Linux lets it begin with what the parent had at the fork.
const highWater = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
console.log(JSON.stringify({ elapsedMs, maxRssBytes: Number(highWater?.[1]) * 1_024 }));
