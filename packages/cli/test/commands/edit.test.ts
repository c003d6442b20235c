import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createHarness, type CliResult } from "../support/cli.js";
import { withCli } from "../support/with-cli.js";

const cli = withCli();

/** Runs `kinko edit` with a shell script as the editor; $1 is the file. */
async function edit(script: string, ...argv: string[]): Promise<CliResult> {
  const editor = join(cli.directory, "editor.sh");
  await writeFile(editor, `#!/bin/sh\n${script}\n`);
  await chmod(editor, 0o755);
  return cli.run(["edit", ...argv], { env: { EDITOR: editor, PATH: process.env["PATH"] ?? "" } });
}

async function left(): Promise<string[]> {
  return (await readdir("/dev/shm")).filter((name) => name.startsWith("kinko-edit-"));
}

async function revealed(ref: string): Promise<string> {
  return (await cli.run(["get", ref, "--reveal"])).stdout;
}

describe("edit", () => {
  test("writes what the editor made of the value, and leaves nothing behind", async () => {
    await cli.run(["set", "a"], { stdin: "old" });
    const before = await left();
    const edited = await edit(
      `stat -c '%a' "$1" > ${cli.directory}/mode; stat -c '%a' "$(dirname "$1")" >> ${cli.directory}/mode; echo "$1" > ${cli.directory}/path; sed -i s/old/new/ "$1"`,
      "a",
    );
    expect(edited).toMatchObject({ code: 0, stdout: "", stderr: "Wrote a, version 2.\n" });
    expect(await revealed("a")).toBe("new");
    expect(await readFile(join(cli.directory, "mode"), "utf8")).toBe("600\n700\n");
    expect(await readFile(join(cli.directory, "path"), "utf8")).toMatch(/^\/dev\/shm\//u);
    expect(await left()).toEqual(before);
  });

  test("a line end that the editor adds does not count", async () => {
    await cli.run(["set", "a"], { stdin: "old" });
    const edited = await edit('printf "old\\n" > "$1"', "a");
    expect(edited.stderr).toBe("Nothing changed; nothing was written.\n");
    await edit('printf "new\\n" > "$1"', "a");
    expect(await revealed("a")).toBe("new");
  });

  test("JSON is shown indented and stays JSON", async () => {
    await cli.run(["set", "db", "--kind", "json"], { stdin: '{"b":1,"a":"x"}' });
    const edited = await edit(`cp "$1" ${cli.directory}/shown; printf '{"a":"y"}' > "$1"`, "db");
    expect(edited.code).toBe(0);
    expect(await readFile(join(cli.directory, "shown"), "utf8")).toBe(
      '{\n  "a": "x",\n  "b": 1\n}\n',
    );
    expect(await revealed("db#a")).toBe("y");
  });

  test("a secret that is not there is made, unless nothing was written", async () => {
    expect((await edit("true", "n")).stderr).toBe("Nothing changed; nothing was written.\n");
    expect((await cli.run(["get", "n"])).code).toBe(3);
    expect((await edit("true", "j", "--kind", "json")).stderr).toBe(
      "Nothing changed; nothing was written.\n",
    );
    expect((await cli.run(["get", "j"])).code).toBe(3);
    expect((await edit('printf x > "$1"', "n")).code).toBe(0);
    expect(await revealed("n")).toBe("x");
    expect((await edit('printf \'{"k":1}\' > "$1"', "j", "--kind", "json")).code).toBe(0);
    expect(await revealed("j#k")).toBe("1");
  });

  test("an editor that fails changes nothing", async () => {
    await cli.run(["set", "a"], { stdin: "old" });
    const before = await left();
    expect((await edit('printf x > "$1"; exit 3', "a")).code).toBe(1);
    expect(await revealed("a")).toBe("old");
    expect(await left()).toEqual(before);
  });

  test("without a terminal to ask in, what does not parse changes nothing", async () => {
    await cli.run(["set", "db", "--kind", "json"], { stdin: '{"a":"x"}' });
    expect((await edit('printf "{no" > "$1"', "db")).code).toBe(20);
    expect(await revealed("db#a")).toBe("x");
  });

  test("a change by somebody else meanwhile is a conflict", async () => {
    const { Secret, parseRef } = await import("@kinko/core");
    const signal = new AbortController().signal;
    let raced = false;
    const other = await createHarness((memory) => ({
      capabilities: memory.capabilities,
      get: (ref, options) => memory.get(ref, options),
      async put(ref, value, options) {
        if (options.ifVersion !== undefined && !raced) {
          raced = true;
          await memory.put(parseRef("a"), Secret.text("theirs"), { signal });
        }
        return memory.put(ref, value, options);
      },
      delete: (ref, options) => memory.delete(ref, options),
      list: (options) => memory.list(options),
      health: (options) => memory.health(options),
      classifyError: (error) => memory.classifyError(error),
      close: () => memory.close(),
    }));
    try {
      await other.run(["set", "a"], { stdin: "old" });
      const editor = join(other.directory, "e.sh");
      await mkdir(other.directory, { recursive: true });
      await writeFile(editor, '#!/bin/sh\nprintf mine > "$1"\n', { mode: 0o755 });
      const edited = await other.run(["edit", "a"], {
        env: { VISUAL: editor, PATH: process.env["PATH"] ?? "" },
      });
      expect(edited.code).toBe(9);
      expect((await other.run(["get", "a", "--reveal"])).stdout).toBe("theirs");
    } finally {
      await other.remove();
    }
  });

  test("--json tells what happened", async () => {
    await cli.run(["set", "a"], { stdin: "old" });
    const same = await edit("true", "a", "--json");
    expect(JSON.parse(same.stdout)).toEqual({
      ref: "a",
      kind: "text",
      changed: false,
      written: false,
      version: null,
    });
    const changed = await edit('printf new > "$1"', "a", "--json");
    expect(JSON.parse(changed.stdout)).toMatchObject({
      changed: true,
      written: true,
      version: "2",
    });
    expect(changed.stderr).toBe("");
  });

  test("--dry-run writes nothing", async () => {
    await cli.run(["set", "a"], { stdin: "old" });
    expect((await edit('printf x > "$1"', "a", "--dry-run")).stderr).toBe(
      "Would write the changed value.\n",
    );
    expect(await revealed("a")).toBe("old");
  });

  test.each([
    [["a#f"], 2],
    [["a@1"], 2],
    [["bin"], 2],
    [["../a"], 19],
  ])("%j is refused", async (argv, code) => {
    await cli.run(["set", "bin", "--kind", "binary"], { stdin: "x" });
    expect((await edit("true", ...argv)).code).toBe(code);
  });

  test("without an editor it says so", async () => {
    await cli.run(["set", "a"], { stdin: "old" });
    expect((await cli.run(["edit", "a"])).stderr).toContain("no-editor");
  });
});
