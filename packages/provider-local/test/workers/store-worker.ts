import { randomBytes, randomInt } from "node:crypto";
import { writeSync } from "node:fs";
import {
  createStore,
  isSecretError,
  silentLogger,
  systemClock,
  type SecretStore,
} from "@kinko/core";
import { provider } from "@kinko/provider-local";

// A process of its own that works on a store: COMMAND FOLDER ARGUMENT. What it reports on standard
// output is written synchronously, so that a line that was read was true before the process died.

const [command, directory, argument] = process.argv.slice(2) as [string, string, string];

const context = {
  clock: systemClock,
  logger: silentLogger,
  directory,
  env: process.env,
  timeoutMs: 60_000,
};
const lockTimeoutMs = Number(process.env["LOCK_TIMEOUT_MS"] ?? 5000);
const store = createStore("local", await provider.create({ lockTimeoutMs }, context), {
  timeoutMs: 60_000,
});

const commands: Readonly<Record<string, () => Promise<void>>> = {
  increment: () => increment(store, Number(argument)),
  write: () => writeForever(store, argument),
  put: () => put(store, argument),
  validate: () => validate(store, argument),
  fill: () => fill(store, Number(argument)),
};

try {
  await (commands[command] as () => Promise<void>)();
  await store.close();
} catch (error) {
  if (!isSecretError(error)) throw error;
  report(
    `error ${JSON.stringify({ code: error.code, reason: error.reason, message: error.message })}`,
  );
  process.exitCode = 1;
}

/** Adds one to the secret `counter`, as often as asked, each time by check-and-set. */
async function increment(target: SecretStore, times: number): Promise<void> {
  for (let done = 0; done < times;) {
    const before = await target.get("counter");
    try {
      await target.put("counter", String(Number(before.text()) + 1), {
        ifVersion: before.metadata?.version as string,
      });
      done += 1;
    } catch (error) {
      if (!isSecretError(error, "Conflict")) throw error;
      // Whoever tries again at once only makes the winners wait.
      await systemClock.sleep(randomInt(1, 150));
    }
  }
  report("done");
}

/** Writes 1, 2, 3, … to one secret, and reports each when it was acknowledged. */
async function writeForever(target: SecretStore, name: string): Promise<void> {
  for (let value = 1; ; value += 1) {
    await target.put(name, String(value));
    report(`ack ${value}`);
  }
}

/** Writes the value that the environment holds, as often as it says. */
async function put(target: SecretStore, name: string): Promise<void> {
  for (let times = Number(process.env["TIMES"] ?? 1); times > 0; times -= 1) {
    await target.put(name, process.env["VALUE"] ?? "");
    report("ack");
  }
}

/** Reports what may be done with a secret. */
async function validate(target: SecretStore, name: string): Promise<void> {
  const { items } = await target.validate([
    { ref: name, operations: ["get", "list", "put", "delete"] },
  ]);
  for (const { operation, status } of items) report(`${operation} ${status}`);
}

/** Writes secrets of so many bytes until one fails, and reports each that was acknowledged. */
async function fill(target: SecretStore, bytes: number): Promise<void> {
  for (let index = 0; ; index += 1) {
    await target.put(`fill/${index}`, randomBytes(bytes));
    report(`ack ${index}`);
  }
}

function report(line: string): void {
  writeSync(1, `${line}\n`);
}
