import type { ChildProcess } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createKvMount, realVault } from "@kinko/servers/vitest";
import { canaryOf, createCanary, expectClean } from "@kinko/testing";
import { startFaultProxy } from "@kinko/testing/faults";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createBinHarness, type BinHarness } from "../support/bin.js";

const vault = realVault();
const kv = createKvMount({ version: 2 });
let cli: BinHarness;
const canary = createCanary();

beforeEach(async () => {
  cli = await createBinHarness();
  await cli.kinko(["init"]);
});
afterEach(() => cli.remove());

const set = async (ref: string, input: string): Promise<void> => {
  expect(await cli.kinko(["set", ref], { input })).toMatchObject({ code: 0 });
};

interface Watching {
  readonly child: ChildProcess;
  /** Resolves when this was written, to stdout or stderr. */
  said(text: string): Promise<void>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/** Starts `kinko watch`. Without a push it would look once an hour. */
function watch(...argv: readonly string[]): Watching {
  return watchWith({}, "--interval", "1h", ...argv);
}

function watchWith(env: Readonly<Record<string, string>>, ...argv: readonly string[]): Watching {
  const child = cli.start("kinko", ["watch", ...argv], { env });
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdin?.end();
  const written = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
      for (const look of waiting) look();
    });
  }
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  return {
    child,
    ended,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    said: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!(written.stdout + written.stderr).includes(text)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Says `up VALUE` and runs until it is told to end, with 9. */
const server =
  'trap "exit 9" TERM; trap "echo hup" HUP; echo "up $KEY"; while :; do sleep 0.05; done';

describe("kinko watch on the embedded store", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "tells changes at once, never a value, and ends cleanly on %s",
    async (signal) => {
      await set("app/key", canary.value);
      const watching = watch("app/key", "app/new", "--json");
      await watching.said("Watching app/key, app/new.");
      await set("app/new", canary.value);
      await watching.said('"ref":"app/new"');
      await set("app/key", `${canary.value}x`);
      await watching.said('"ref":"app/key"');
      watching.child.kill(signal);
      expect(await watching.ended).toEqual({ code: 0, signal: null });
      expectClean(watching.stdout() + watching.stderr(), canary);
      expect(watching.stderr()).toBe("Watching app/key, app/new.\n");
    },
  );

  test("starts a command anew with its new secrets, and ends with its exit code", async () => {
    await set("app/key", "one");
    const watching = watch("--manifest", "env.json", "--", "sh", "-c", server);
    await watching.ended;
    expect(watching.stderr()).toContain("env.json");

    const prefixed = watch("app/key", "--prefix", "app", "--", "sh", "-c", server);
    await prefixed.said("up one\n");
    await set("app/key", "two");
    await prefixed.said("up two\n");
    await prefixed.said("started with its new secrets");
    expect(prefixed.stderr()).toContain(" updated app/key version 2\n");
    expect(prefixed.stdout()).toBe("up one\nup two\n");
    prefixed.child.kill("SIGTERM");
    expect(await prefixed.ended).toEqual({ code: 9, signal: null });
  });

  test("--signal sends a signal, and the command goes on", async () => {
    await set("app/key", "one");
    const watching = watch("app/key", "--signal", "SIGHUP", "--", "sh", "-c", server);
    await watching.said("up \n");
    await set("app/key", "two");
    await watching.said("hup\n");
    watching.child.kill("SIGTERM");
    expect(await watching.ended).toEqual({ code: 9, signal: null });
    expect(watching.stdout()).toBe("up \nhup\n");
  });

  test("a command that ends by itself ends it, with its exit code", async () => {
    await set("app/key", "one");
    const watching = watch("app/key", "--", "sh", "-c", "exit 5");
    expect(await watching.ended).toEqual({ code: 5, signal: null });
    const absent = watch("app/key", "--", "no-such-program");
    expect(await absent.ended).toEqual({ code: 127, signal: null });
  });

  test("a command keeps its secrets while the new ones cannot be read", async () => {
    await set("app/key", "one");
    const watching = watch("app/key", "-e", "app.env", "--", "sh", "-c", server);
    expect((await watching.ended).code).not.toBe(0);
    await cli.exec("sh", ["-c", "echo KEY=kinko://app/key > app.env"]);
    const running = watch("-e", "app.env", "--", "sh", "-c", server);
    await running.said("up one\n");
    await cli.kinko(["rm", "app/key", "--yes"]);
    await running.said("keeps its old ones");
    await set("app/key", "two");
    await running.said("up two\n");
    running.child.kill("SIGTERM");
    expect(await running.ended).toEqual({ code: 9, signal: null });
  });
});

test("on Vault through an outage: it is told, and afterwards what changed in it", async () => {
  const write = async (value: string): Promise<void> => {
    const { status } = await vault.request("POST", `${kv}/data/app`, { data: { value } });
    expect(status).toBe(200);
  };
  await write(canary.value);
  const proxy = await startFaultProxy({ target: vault.address });
  onTestFinished(() => proxy.close());
  await cli.install("provider-vault");
  await writeFile(
    join(cli.directory, "kinko.config.yaml"),
    `provider: vault\nproviders:\n  vault:\n    mount: ${kv}\n    address: ${proxy.address}\n`,
  );
  const env = { VAULT_TOKEN: vault.token };
  const watching = watchWith(env, "app", "--interval", "1s");
  await watching.said("Watching app.");
  await write("second");
  await watching.said("updated app version 2");
  await proxy.set({ kind: "refuse" });
  await watching.said("cannot be asked (Unavailable)");
  await write(`${canary.value}3`);
  await proxy.set({ kind: "none" });
  await watching.said("The store answers again.");
  await watching.said("updated app version 3");
  watching.child.kill("SIGTERM");
  expect(await watching.ended).toEqual({ code: 0, signal: null });
  for (const secret of [canary, canaryOf(vault.token)]) {
    expectClean(watching.stdout() + watching.stderr(), secret);
  }
});
