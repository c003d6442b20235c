import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeClock } from "@kinko/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { superviseCommand, type SupervisedCommand } from "../../src/index.js";
import { FakeSignals } from "../support/fake-signals.js";

const path = { PATH: process.env["PATH"] ?? "" };
let folder: string;
let signals: FakeSignals;
let clock: FakeClock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kinko-supervise-"));
  signals = new FakeSignals();
  clock = new FakeClock();
});
afterEach(() => rmSync(folder, { recursive: true }));

const start = (script: string, value = "1"): Promise<SupervisedCommand> =>
  superviseCommand({
    command: "sh",
    args: ["-c", script],
    env: { ...path, VALUE: value },
    cwd: folder,
    terminal: false,
    signals,
    clock,
    graceMs: 5_000,
  });

const has = (name: string): boolean => existsSync(join(folder, name));
const text = (name: string): string => readFileSync(join(folder, name), "utf8");

/** Resolves when the child says that it is ready, so that no test waits for a time. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Says `up-VALUE`, and ends at a signal with this code. */
const obedient = (code: number): string =>
  `trap 'exit ${code}' TERM; : > up-$VALUE; while :; do sleep 0.02; done`;

describe("a supervised command", () => {
  test("ends with its own exit code, and nothing of it is left", async () => {
    const supervised = await start("exit 7");
    expect(await supervised.ended).toEqual({ exitCode: 7 });
    await supervised.restart({ ...path, VALUE: "2" });
    expect(signals.eventNames()).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("is started with its new environment when the old one has ended", async () => {
    const supervised = await start(`echo $VALUE >> seen; ${obedient(0)}`);
    await until(() => has("up-1"));
    await supervised.restart({ ...path, VALUE: "2" });
    await until(() => has("up-2"));
    expect(text("seen")).toBe("1\n2\n");
    signals.send("SIGTERM");
    expect(await supervised.ended).toEqual({ exitCode: 0 });
    expect(signals.eventNames()).toEqual([]);
  });

  test("that does not end in time is killed", async () => {
    const supervised = await start(`trap '' TERM; : > up-$VALUE; while :; do sleep 0.02; done`);
    await until(() => has("up-1"));
    const restarting = supervised.restart({ ...path, VALUE: "2" });
    await clock.advance(5_000);
    await restarting;
    await until(() => has("up-2"));
    supervised.send("SIGKILL");
    expect(await supervised.ended).toEqual({ exitCode: 137, signal: "SIGKILL" });
  });

  test("is not started again when this process is told to end meanwhile", async () => {
    const supervised = await start(obedient(3));
    await until(() => has("up-1"));
    const restarting = supervised.restart({ ...path, VALUE: "2" });
    signals.send("SIGTERM");
    await restarting;
    expect(await supervised.ended).toEqual({ exitCode: 3 });
    expect(has("up-2")).toBe(false);
  });

  test("that cannot be started again says why", async () => {
    const supervised = await start(obedient(0));
    await until(() => has("up-1"));
    await supervised.restart({ ...path, VALUE: "a\0b" });
    await expect(supervised.ended).rejects.toMatchObject({ reason: "nul-in-value" });
  });

  test("gets signals, and one that is no end does not end it", async () => {
    const supervised = await start(`trap ': > hup' HUP; ${obedient(0)}`);
    await until(() => has("up-1"));
    supervised.send("SIGHUP");
    await until(() => has("hup"));
    supervised.send("SIGTERM");
    expect(await supervised.ended).toEqual({ exitCode: 0 });
  });

  test("that is not there ends at once with 127", async () => {
    const supervised = await superviseCommand({ command: "kinko-absent", env: path, signals });
    expect(await supervised.ended).toMatchObject({ exitCode: 127 });
  });
});
