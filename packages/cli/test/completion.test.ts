import { describe, expect, test } from "vitest";
import { commandNames } from "../src/commands/summaries.js";
import { withCli } from "./support/with-cli.js";

const cli = withCli();

async function completed(...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await cli.run(["complete", "--", ...words]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")[0] as string]));
}

describe("completion", () => {
  test("of commands", async () => {
    expect(await completed("")).toEqual([...commandNames]);
    expect(await completed("ver")).toEqual(["versions"]);
    expect(await completed("--config", "k.yaml", "ver")).toEqual(["versions"]);
    expect(await completed("nothing-like-it", "")).toEqual([]);
  });

  test("of options and their values", async () => {
    expect(await completed("get", "--re")).toEqual(["--reveal"]);
    expect(await completed("--js")).toEqual(["--json"]);
    expect(await completed("set", "a", "--kind", "")).toEqual(["text", "json", "binary"]);
    expect(await completed("set", "a", "--kind=b")).toEqual(["--kind=binary"]);
    expect(await completed("export", "--format", "d")).toEqual(["dotenv", "docker"]);
    expect(await completed("completion", "")).toEqual(["bash", "zsh", "fish"]);
    expect(await completed("help", "exi")).toEqual(["exit-codes"]);
  });

  test("of files, by the shell", async () => {
    expect(await completed("get", "a", "--output", "")).toEqual([":files"]);
    expect(await completed("run", "-p", "x", "--", "no")).toEqual([":files"]);
  });

  test("of names in the store, level by level, without deleted ones", async () => {
    for (const name of ["prod/app/db", "prod/app/key", "prod/x", "old"]) {
      await cli.run(["set", name], { stdin: "never-shown" });
    }
    await cli.run(["rm", "old", "--yes"]);
    expect(await completed("get", "")).toEqual(["prod/"]);
    expect(await completed("get", "prod/")).toEqual(["prod/app/", "prod/x"]);
    expect(await completed("get", "prod/app/d")).toEqual(["prod/app/db"]);
    expect(await completed("get", "--reveal", "prod/app/k")).toEqual(["prod/app/key"]);
    expect(await completed("rm", "prod/x", "prod/a")).toEqual(["prod/app/"]);
    expect(await completed("list", "prod/")).toEqual(["prod/app/"]);
    expect(await completed("run", "--prefix", "prod/")).toEqual(["prod/app/"]);
    expect(await completed("get", "prod/x", "")).toEqual([]);
    expect(await completed("get", "prod/app/db#")).toEqual([]);
  });

  test("of nothing, silently, when the store cannot be asked", async () => {
    const { writeFile } = await import("node:fs/promises");
    await writeFile(`${cli.directory}/kinko.config.yaml`, "provider: [");
    expect(await completed("get", "")).toEqual([]);
    expect(await completed("get", "../")).toEqual([]);
  });

  test.each(["bash", "zsh", "fish"])("the script of %s never evaluates a name", async (shell) => {
    const { stdout, code } = await cli.run(["completion", shell]);
    expect(code).toBe(0);
    expect(stdout).toContain("kinko complete --");
    expect(stdout).not.toMatch(/\beval\b|compgen -W/u);
  });

  test("another shell is refused", async () => {
    expect((await cli.run(["completion", "tcsh"])).code).toBe(2);
  });
});
