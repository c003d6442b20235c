import { describe, expect, test } from "vitest";
import { createHarness } from "../support/cli.js";
import { withCli } from "../support/with-cli.js";

const cli = withCli();

async function fill(...names: string[]): Promise<void> {
  for (const name of names) await cli.run(["set", name], { stdin: "never-shown" });
}

describe("list", () => {
  test("prints sorted names and no values", async () => {
    await fill("prod/app/b", "prod/app/a", "dev/x");
    const listed = await cli.run(["list"]);
    expect(listed).toMatchObject({
      code: 0,
      stdout: "dev/x\nprod/app/a\nprod/app/b\n",
      stderr: "",
    });
  });

  test("a prefix is whole segments", async () => {
    await fill("prod/a", "production/b");
    expect((await cli.run(["list", "prod"])).stdout).toBe("prod/a\n");
    expect((await cli.run(["list", "prod/"])).stdout).toBe("prod/a\n");
  });

  test("--no-recursive marks folders", async () => {
    await fill("prod/app/a", "prod/app", "top");
    expect((await cli.run(["list", "--no-recursive"])).stdout).toBe("prod/\ntop\n");
    expect((await cli.run(["list", "prod", "--no-recursive"])).stdout).toBe(
      "prod/app\nprod/app/\n",
    );
  });

  test("deleted names are marked for people and left out for programs", async () => {
    await fill("a", "b");
    await cli.run(["rm", "a", "--yes"]);
    expect((await cli.run(["list"])).stdout).toBe("a  (deleted)\nb\n");
    expect((await cli.run(["list", "--plain"])).stdout).toBe("b\n");
    expect((await cli.run(["list", "--json"])).stdout).toBe('[\n  "b"\n]\n');
    const all = await cli.run(["list", "--json", "--deleted", "--long"]);
    expect(JSON.parse(all.stdout)).toEqual([
      { name: "a", type: "secret", deleted: true },
      { name: "b", type: "secret", deleted: false },
    ]);
  });

  test("names with @, # and % are printed as they can be read back", async () => {
    await fill("mail/a%40b", "x%23y", "p%25q");
    const names = (await cli.run(["list"])).stdout.trim().split("\n");
    expect(names).toEqual(["mail/a%40b", "p%25q", "x%23y"]);
    for (const name of names) expect((await cli.run(["get", name])).code).toBe(0);
  });

  test("nothing beneath a prefix is no error", async () => {
    expect(await cli.run(["list", "none"])).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "There are no secrets beneath none.\n",
    });
    expect((await cli.run(["list", "none", "--json"])).stdout).toBe("[]\n");
  });

  test("more names than are sorted still come whole, each once", async () => {
    const names = Array.from({ length: 10_050 }, (_each, index) => `n/${index}`);
    const { Secret, parseRef } = await import("@kinko/core");
    const signal = new AbortController().signal;
    for (const name of names) await cli.memory.put(parseRef(name), Secret.text("v"), { signal });
    const listed = await cli.run(["list", "--json"]);
    const found = JSON.parse(listed.stdout) as string[];
    expect(found.toSorted()).toEqual(names.toSorted());
  });

  test("names that another tool wrote cannot act on the terminal", async () => {
    const other = await createHarness((memory) => ({
      capabilities: memory.capabilities,
      get: (ref, options) => memory.get(ref, options),
      put: (ref, value, options) => memory.put(ref, value, options),
      delete: (ref, options) => memory.delete(ref, options),
      async *list() {
        await Promise.resolve();
        yield { items: [{ path: ["evil\u001b[2J\nname"], type: "secret" }] };
      },
      health: (options) => memory.health(options),
      classifyError: (error) => memory.classifyError(error),
      close: () => memory.close(),
    }));
    try {
      for (const argv of [["list"], ["list", "--plain"]]) {
        const { stdout } = await other.run(argv, { terminal: true, env: { NO_COLOR: "1" } });
        expect(stdout).toBe("evil\ufffd[2J\ufffdname\n");
      }
    } finally {
      await other.remove();
    }
  });

  test("a prefix that escapes is refused", async () => {
    expect((await cli.run(["list", "../x"])).code).toBe(19);
  });
});
