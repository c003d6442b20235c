import { spawnSync } from "node:child_process";
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

type Offer = (...words: readonly string[]) => Promise<string[]>;

const offers: Readonly<Record<"fish" | "zsh", Offer>> = {
  async fish(...words) {
    const script = "kinko completion fish | source; complete -C $argv[1]";
    const argv = ["--no-config", "-c", script, words.join(" ")];
    const { stdout } = await cli.exec("fish", argv);
    return stdout.split("\n").flatMap((text) => (text === "" ? [] : [text.split("\t")[0] ?? ""]));
  },
  // compadd works only while a line is completed, so here it tells what it was given.
  async zsh(...words) {
    const script = `
      compdef() { :; }
      compadd() { local name=\${@[-1]}; print -rl -- \${(P)name}; }
      eval "$(kinko completion zsh)"
      words=("$@"); CURRENT=$#; _kinko`;
    const { stdout, stderr } = await cli.exec("zsh", ["-f", "-c", script, "zsh", ...words]);
    expect(stderr).toBe("");
    return stdout.split("\n").filter((text) => text !== "");
  },
};

/** Bash is everywhere; these are tried where they are. */
const present = (["fish", "zsh"] as const).filter(
  (shell) => spawnSync("sh", ["-c", `command -v ${shell}`]).status === 0,
);

test.each(present)("completion in %s offers names, and runs none of them", async (shell) => {
  const offered = offers[shell];
  expect(await offered("kinko", "ver")).toEqual(["versions"]);
  expect(await offered("kinko", "get", "prod/app/")).toEqual(["prod/app/db", "prod/app/key"]);
  expect(await offered("kinko", "get", "prod/")).toContain("prod/$(touch pwned)");
  await nothingRan();
});
