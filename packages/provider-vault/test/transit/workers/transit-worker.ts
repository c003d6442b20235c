// Does one long piece of work in a process of its own, to be killed or measured from outside.
// transit-worker rewrap KEY INPUT OUTPUT | encrypt KEY INPUT OUTPUT | decrypt KEY INPUT OUTPUT
import { readFile } from "node:fs/promises";
import { createStore, silentLogger, systemClock } from "@kinko/core";
import { decryptFile, encryptFile } from "@kinko/core/envelope";
import { createDriver } from "../../../src/driver.js";

const [operation = "", key = "", input = "", output = ""] = process.argv.slice(2);
const { VAULT_ADDR: address, VAULT_TOKEN: token, TRANSIT_MOUNT: mount } = process.env;

const driver = createDriver(
  { address, auth: { method: "token", token }, transit: { mount } },
  {
    clock: systemClock,
    logger: silentLogger,
    directory: process.cwd(),
    env: {},
    timeoutMs: 30_000,
  },
);
await using store = createStore("vault", driver);
const say = (report: object): void => void process.stdout.write(`${JSON.stringify(report)}\n`);

const encryption = store.as("encryption");
switch (operation) {
  case "rewrap": {
    const onProgress = say;
    say({ done: await store.as("transit").rewrapFile({ key, input, output, onProgress }) });
    break;
  }
  case "encrypt":
    say({ done: await encryptFile(input, output, { encryption, key }) });
    break;
  case "decrypt":
    say({ done: await decryptFile(input, output, { encryption, key }) });
    break;
  default:
    throw new Error("There is no such work.");
}
// Not resourceUsage().maxRSS: Linux lets it begin with what the parent had at the fork.
const highWater = /^VmHWM:\s+(\d+) kB$/mu.exec(await readFile("/proc/self/status", "utf8"));
say({ maxRssBytes: Number(highWater?.[1]) * 1_024 });
