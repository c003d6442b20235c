import { stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBinHarness, type BinHarness } from "../support/bin.js";

let cli: BinHarness;

beforeEach(async () => {
  cli = await createBinHarness();
  await cli.kinko(["init"]);
  for (const name of [
    "prod/app/db",
    "prod/app/key",
    "prod/$(touch pwned)",
    "prod/it's; touch pwned",
  ]) {
    await cli.kinko(["set", name], { input: "never-shown" });
  }
});

afterEach(() => cli.remove());

/** What bash offers for a line, one candidate a line. */
async function inBash(line: string): Promise<string[]> {
  const script = `
    eval "$(kinko completion bash)"; eval "$(kinko completion bash)"
    COMP_LINE=$1; COMP_POINT=\${#1}; read -r -a COMP_WORDS <<< "$1"; COMP_CWORD=1
    _kinko; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await cli.exec("bash", ["--norc", "-c", script, "bash", line]);
  expect(stderr).toBe("");
  return stdout.split("\n").filter((text) => text !== "");
}

async function nothingRan(): Promise<void> {
  await expect(stat(join(cli.directory, "pwned"))).rejects.toThrow("ENOENT");
}

describe("completion in bash", () => {
  test("offers commands, options and names", async () => {
    expect(await inBash("kinko ver")).toEqual(["versions"]);
    expect(await inBash("kinko get --re")).toEqual(["--reveal"]);
    expect(await inBash("kinko get ")).toEqual(["prod/"]);
    expect(await inBash("kinko get prod/app/")).toEqual(["prod/app/db", "prod/app/key"]);
    expect(await inBash("kinko export --format=k")).toEqual(["k8s"]);
  });

  test("quotes hostile names, and runs neither them nor what was typed", async () => {
    const offered = await inBash("kinko get prod/");
    expect(offered).toContain("prod/\\$\\(touch\\ pwned\\)");
    expect(offered).toContain("prod/it\\'s\\;\\ touch\\ pwned");
    expect(await inBash("kinko get $(touch pwned)")).toEqual([]);
    await nothingRan();
  });
});

test.each(["zsh", "fish"])("the script for %s is valid where that shell is", async (shell) => {
  const { stdout } = await cli.kinko(["completion", shell]);
  const there = await cli.exec("sh", ["-c", `command -v ${shell}`]);
  if (there.code !== 0) {
    // The shell is not on this machine; what can be said without it is that nothing is evaluated.
    expect(stdout).not.toContain("eval");
    return;
  }
  const argv =
    shell === "zsh" ? ["-f", "-n", "/dev/stdin"] : ["--no-config", "--no-execute", "/dev/stdin"];
  expect(await cli.exec(shell, argv, { input: stdout })).toMatchObject({ code: 0, stderr: "" });
});
