import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCanary, expectClean, expectFilesClean } from "@kinko/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBinHarness, outcomeOf, type BinHarness } from "../support/bin.js";

let cli: BinHarness;

beforeEach(async () => {
  cli = await createBinHarness();
  await cli.kinko(["init"]);
});

afterEach(() => cli.remove());

describe("the process", () => {
  test("--version is quick and right", async () => {
    const manifest = JSON.parse(
      await readFile(new URL("../../package.json", import.meta.url), "utf8"),
    ) as { version: string };
    expect(await cli.kinko(["--version"])).toMatchObject({
      code: 0,
      stdout: `${manifest.version}\n`,
    });
  });

  test("a reader that goes away ends it quietly", async () => {
    for (let index = 0; index < 3; index += 1)
      await cli.kinko(["set", `n/${index}`], { input: "x" });
    for (const command of ["kinko list", "kinko help exit-codes", "kinko list --json"]) {
      const ended = await cli.exec("bash", ["-c", `${command} | true; echo "\${PIPESTATUS[0]}"`]);
      expect(["0\n", "141\n"]).toContain(ended.stdout);
      expect(ended.stderr).toBe("");
    }
    const child = cli.start("kinko", ["list"]);
    child.stdout?.destroy();
    child.stderr?.destroy();
    const [code] = (await once(child, "exit")) as [number | null];
    expect([0, 141]).toContain(code);
  });

  test("stdin that is closed, and stdout that is full, are told", async () => {
    const closed = await cli.exec("sh", ["-c", "kinko set a <&-"]);
    expect(closed.code).toBe(2);
    await cli.kinko(["set", "a"], { input: "x" });
    for (const command of ["get a --reveal", "--help", "get --help", "--version"]) {
      const full = await cli.exec("sh", ["-c", `kinko ${command} > /dev/full`]);
      expect(full.code, command).toBe(28);
      expect(full.stderr).toMatch(/^error: .*ENOSPC/u);
    }
  });

  test("a value is in no argument of any process, and in no file but the store", async () => {
    const canary = createCanary();
    const set = await cli.kinko(["set", "p/app/token"], { input: canary.value });
    expect(set.code).toBe(0);
    const look =
      'for p in self $PPID; do tr "\\0" " " < /proc/$p/cmdline; done; [ -n "$TOKEN" ] && echo has-it';
    const run = await cli.kinko(["run", "-p", "p/app", "--", "sh", "-c", look]);
    expect(run).toMatchObject({ code: 0 });
    expect(run.stdout).toContain("has-it");
    expectClean(run.stdout + run.stderr, canary);
    await expectFilesClean(cli.directory, canary);
  });

  test("run gives the program its secrets, its signals and its exit code", async () => {
    await cli.kinko(["set", "p/key"], { input: "it's $HOME\nand more" });
    const env = { VAULT_TOKEN: "t", KINKO_SECRET: "s", MINE: "m" };
    const script = 'printf "%s|%s|%s|%s" "$KEY" "$VAULT_TOKEN" "$KINKO_SECRET" "$MINE"; exit 7';
    const ran = await cli.kinko(["run", "-p", "p", "--", "sh", "-c", script], { env });
    expect(ran).toEqual({ code: 7, signal: null, stdout: "it's $HOME\nand more|||m", stderr: "" });
    const pristine = await cli.kinko(["run", "-p", "p", "--pristine", "--", "/usr/bin/env"], {
      env,
    });
    expect(pristine.stdout).toBe("KEY=it's $HOME\nand more\n");
    const kept = await cli.kinko(
      ["run", "-p", "p", "--preserve-env", "--", "sh", "-c", "echo $KEY"],
      {
        env: { KEY: "from outside" },
      },
    );
    expect(kept.stdout).toBe("from outside\n");
    const missing = await cli.kinko(["run", "-p", "p", "--", "no-such-program"]);
    expect(missing.code).toBe(127);
    expect(missing.stderr).toContain("no-such-program");
    expect((await cli.kinko(["run", "-p", "p", "--", "sh", "-c", "kill -9 $$"])).code).toBe(137);
    const child = cli.start("kinko", [
      "run",
      "-p",
      "p",
      "--",
      "sh",
      "-c",
      "trap 'exit 9' TERM; echo up; while :; do sleep 0.1; done",
    ]);
    await once(child.stdout as NodeJS.ReadableStream, "data");
    child.kill("SIGTERM");
    expect(await outcomeOf(child)).toMatchObject({ code: 9 });
  });

  test("variables that the config takes credentials from do not reach the program", async () => {
    await writeFile(
      join(cli.directory, "kinko.config.yaml"),
      "provider: local\nproviders:\n  local: {passphraseEnv: MY_PASSPHRASE}\n  other: {token: '${env:OTHER_TOKEN}'}\n",
    );
    const env = { MY_PASSPHRASE: "p", OTHER_TOKEN: "t" };
    await cli.kinko(["set", "p/key"], { input: "x", env });
    const script = 'echo "$KEY-$MY_PASSPHRASE-$OTHER_TOKEN"';
    const ran = await cli.kinko(["run", "-p", "p", "--", "sh", "-c", script], { env });
    expect(ran).toMatchObject({ code: 0, stdout: "x--\n" });
  });

  test.each(["SIGTERM", "SIGHUP"] as const)("edit leaves nothing behind on %s", async (signal) => {
    await cli.kinko(["set", "a"], { input: "old" });
    const editor = join(cli.directory, "editor.sh");
    await writeFile(editor, '#!/bin/sh\necho "$1" > opened\necho up\nexec sleep 60\n', {
      mode: 0o755,
    });
    const child = cli.start("kinko", ["edit", "a"], { env: { EDITOR: editor } });
    await once(child.stdout as NodeJS.ReadableStream, "data");
    const file = (await readFile(join(cli.directory, "opened"), "utf8")).trim();
    expect(await readFile(file, "utf8")).toBe("old");
    child.kill(signal);
    const ended = await outcomeOf(child);
    expect(ended.code).toBe(130);
    await expect(readFile(file)).rejects.toThrow("ENOENT");
    expect((await readdir("/dev/shm")).filter((name) => file.includes(name))).toEqual([]);
    expect((await cli.kinko(["get", "a", "--reveal"])).stdout).toBe("old");
  });
});
