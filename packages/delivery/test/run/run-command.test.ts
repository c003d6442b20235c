import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCanary, expectClean } from "@kinko/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommand, type RunOptions, type RunOutcome } from "../../src/index.js";
import { FakeSignals } from "../support/fake-signals.js";

let folder: string;
const file = (): string => join(folder, "out");
const env = { PATH: process.env["PATH"] ?? "" };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kinko-run-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const sh = (script: string, more: Partial<RunOptions> = {}): Promise<RunOutcome> =>
  runCommand({ command: "sh", args: ["-c", script], env, cwd: folder, terminal: false, ...more });

/** Resolves when the child says that it is ready, so that no test waits for a time. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe("how a program ends", () => {
  test.each([0, 1, 3, 42, 125, 255])("exit code %i is passed on", async (code) => {
    expect(await sh(`exit ${code}`)).toEqual({ exitCode: code });
  });

  test.each([
    ["TERM", 143],
    ["KILL", 137],
    ["INT", 130],
    ["SEGV", 139],
  ])("SIG%s gives %i", async (signal, exitCode) => {
    expect(await sh(`kill -${signal} $$`)).toEqual({ exitCode, signal: `SIG${signal}` });
  });

  test("a command that is not there gives 127, what happened and what to do", async () => {
    expect(await runCommand({ command: "kinko-absent", env })).toEqual({
      exitCode: 127,
      problem: "The command kinko-absent was not found.",
      advice: "Check the spelling and the PATH.",
    });
  });

  test("a file that is not executable gives 126", async () => {
    writeFileSync(file(), "#!/bin/sh\n");
    expect(await runCommand({ command: file(), env })).toMatchObject({ exitCode: 126 });
  });

  test("a script whose interpreter is missing gives 127", async () => {
    writeFileSync(file(), "#!/absent/interpreter\n");
    chmodSync(file(), 0o755);
    expect(await runCommand({ command: file(), env })).toMatchObject({
      exitCode: 127,
      problem: expect.stringContaining("interpreter") as string,
    });
  });

  test("nothing is left of it: it is reaped, and signals are no longer taken", async () => {
    const signals = new FakeSignals();
    await sh("echo $$ >out", { signals });
    expect(existsSync(`/proc/${readFileSync(file(), "utf8").trim()}`)).toBe(false);
    expect(signals.eventNames()).toEqual([]);
  });
});

describe("what a program gets", () => {
  test("exactly the given environment, and arguments that no shell has touched", async () => {
    const outcome = await runCommand({
      command: "node",
      args: [
        "-e",
        "require('fs').writeFileSync('out', JSON.stringify([process.env, process.argv.slice(1)]))",
        "--",
        "$HOME; `id` * \n",
      ],
      env: { SECRET: "a\nb" },
      cwd: folder,
      terminal: false,
    });
    expect(outcome).toEqual({ exitCode: 0 });
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual([
      { SECRET: "a\nb" },
      ["$HOME; `id` * \n"],
    ]);
  });

  test("no value is in its command line", async () => {
    const canary = createCanary();
    await sh("tr '\\0' ' ' </proc/$$/cmdline >out", { env: { ...env, SECRET: canary.value } });
    expectClean(readFileSync(file(), "utf8"), canary);
  });

  test("a group of its own without a terminal, the same group with one", async () => {
    const group = "ps -o pgid= -p $$ 2>/dev/null || cut -d' ' -f5 /proc/$$/stat";
    const read = async (terminal: boolean): Promise<number[]> => {
      await sh(`(${group}; echo $$) >out`, { terminal });
      return readFileSync(file(), "utf8").trim().split(/\s+/u).map(Number);
    };
    const [ownGroup, pid] = await read(false);
    expect(ownGroup).toBe(pid);
    const [sameGroup, otherPid] = await read(true);
    expect(sameGroup).not.toBe(otherPid);
  });
});

describe("signals", () => {
  test.each([
    ["SIGINT", "INT"],
    ["SIGTERM", "TERM"],
    ["SIGHUP", "HUP"],
    ["SIGQUIT", "QUIT"],
    ["SIGUSR1", "USR1"],
    ["SIGUSR2", "USR2"],
    ["SIGWINCH", "WINCH"],
  ] as const)("%s is handed on, and the child's answer counts", async (signal, name) => {
    const signals = new FakeSignals();
    const running = sh(`trap 'exit 7' ${name}; echo ready >out; while :; do sleep 0.02; done`, {
      signals,
    });
    await until(() => existsSync(file()) && readFileSync(file(), "utf8") === "ready\n");
    signals.send(signal);
    expect(await running).toEqual({ exitCode: 7 });
  });

  test("a signal that the child does not handle ends it with 128 + n", async () => {
    const signals = new FakeSignals();
    const running = sh("echo ready >out; exec sleep 60", { signals });
    await until(() => existsSync(file()) && readFileSync(file(), "utf8") === "ready\n");
    signals.send("SIGTERM");
    expect(await running).toEqual({ exitCode: 143, signal: "SIGTERM" });
  });

  test("signals are taken before the program is started, so that none can end us alone", async () => {
    const order: string[] = [];
    const signals = new FakeSignals();
    signals.on("newListener", () => order.push("listens"));
    const read = new Proxy(env, {
      ownKeys(target) {
        order.push("reads the environment");
        return Reflect.ownKeys(target);
      },
    });
    expect(await runCommand({ command: "true", env: read, signals })).toEqual({ exitCode: 0 });
    // The last to read it is what starts the program.
    expect(order.at(-1)).toBe("reads the environment");
    expect(order).toContain("listens");
  });

  test("what the child has started gets the signal as well", async () => {
    const signals = new FakeSignals();
    const running = sh(
      "sh -c 'trap \"echo child >out; exit\" TERM; echo ready >out; while :; do sleep 0.02; done' & wait",
      { signals },
    );
    await until(() => existsSync(file()) && readFileSync(file(), "utf8") === "ready\n");
    signals.send("SIGTERM");
    expect(await running).toMatchObject({ exitCode: 143 });
    await until(() => readFileSync(file(), "utf8") === "child\n");
  });

  test("what a terminal sends to the child itself is not sent twice", async () => {
    const signals = new FakeSignals();
    const running = sh(
      "trap 'exit 1' INT; trap 'exit 7' TERM; echo ready >out; while :; do sleep 0.02; done",
      { signals, terminal: true },
    );
    await until(() => existsSync(file()) && readFileSync(file(), "utf8") === "ready\n");
    signals.send("SIGINT");
    signals.send("SIGTERM");
    expect(await running).toEqual({ exitCode: 7 });
  });
});

describe("what no program can get", () => {
  const canary = createCanary();
  test.each<[string, Partial<RunOptions>, string]>([
    ["a NUL in a value", { env: { SECRET: `${canary.value}\0` } }, "InvalidValue"],
    ["a NUL in an argument", { args: [`${canary.value}\0`] }, "InvalidValue"],
    ["more than the system takes", { env: { SECRET: canary.value.repeat(200_000) } }, "TooLarge"],
  ])("%s fails typed and clean", async (_name, more, code) => {
    const failure: unknown = await sh("exit 0", more).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code });
    expectClean(failure, canary);
  });
});
