import { createCanary, expectClean, flushMicrotasks } from "@kinko/testing";
import { Secret } from "@kinko/core";
import { describe, expect, test } from "vitest";
import { FakeSignals } from "../support/fake-signals.js";
import { withCli } from "../support/with-cli.js";
import type { CliResult } from "../support/cli.js";

const cli = withCli();
const canary = createCanary();
const { signal } = new AbortController();

async function put(path: string, value: string): Promise<void> {
  await cli.memory.put({ path: path.split("/") }, Secret.text(value), { signal });
  await flushMicrotasks();
}

/** Begins a watch; the result comes when `signals` end it. */
async function begin(...argv: readonly string[]) {
  const signals = new FakeSignals();
  const result = cli.run(["watch", ...argv], { signals });
  // Until it listens, and has looked for the first time.
  while (signals.eventNames().length === 0) await flushMicrotasks();
  for (let step = 0; step < 5; step += 1) await cli.clock.advance(0);
  return {
    async end(name: NodeJS.Signals = "SIGTERM"): Promise<CliResult> {
      signals.send(name);
      const ended = await result;
      expectClean(ended.stdout + ended.stderr, canary);
      expect(signals.eventNames()).toEqual([]);
      return ended;
    },
  };
}

describe("kinko watch", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "prints a line for each change, never a value, and ends cleanly on %s",
    async (name) => {
      await put("app/db", canary.value);
      const watch = await begin("app/db", "app/key");
      await put("app/db", `${canary.value}2`);
      await cli.clock.advance(30_000);
      await put("app/key", canary.value);
      await cli.clock.advance(30_000);
      const ended = await watch.end(name);
      expect(ended).toMatchObject({ code: 0, stderr: "Watching app/db, app/key.\n" });
      const lines = ended.stdout.trimEnd().split("\n");
      expect(lines.map((line) => line.replace(/^\S+ /u, ""))).toEqual([
        "updated app/db version 2",
        "created app/key version 1",
      ]);
      expect(lines.every((line) => /^\d{4}-\d\d-\d\dT[\d:.]+Z /u.test(line))).toBe(true);
    },
  );

  test("--json is one object a line", async () => {
    await put("app/db", "1");
    const watch = await begin("--prefix", "app", "--json", "--interval", "5s");
    await put("app/b", canary.value);
    await cli.clock.advance(5_000);
    const { stdout } = await watch.end();
    expect(JSON.parse(stdout)).toEqual({
      at: "2030-01-01T00:00:05.000Z",
      type: "created",
      ref: "app/b",
      version: "1",
    });
  });

  test("--dry-run names what would be watched", async () => {
    const dry = await cli.run(["watch", "a/b", "--prefix", "c", "--dry-run"]);
    expect(dry).toMatchObject({ code: 0, stdout: "" });
    expect(dry.stderr).toContain("a/b, c/… every 30 s");
  });

  test.each<[string, string]>([
    ["watch", "missing-argument"],
    ["watch a --restart", "missing-command"],
    ["watch a --signal SIGHUP", "missing-command"],
    ["watch a --", "missing-command"],
    ["watch a --signal SIGKILL -- true", "invalid-option-value"],
    ["watch a --signal SIGHUP --restart -- true", "conflicting-options"],
    ["watch a --interval 0", "invalid-option-value"],
    ["watch a --interval soon", "invalid-option-value"],
    ["watch a/../b", "invalid-path"],
  ])("refuses %s", async (line, reason) => {
    const refused = await cli.run(line.split(" "));
    expect(refused.code).not.toBe(0);
    expect(refused.stdout).toBe("");
    expect(refused.stderr).toContain(`(${reason})`);
  });
});
