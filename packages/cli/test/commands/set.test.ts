import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createHarness } from "../support/cli.js";
import { withCli } from "../support/with-cli.js";

const cli = withCli();

async function revealed(ref: string): Promise<string> {
  return (await cli.run(["get", ref, "--reveal"])).stdout;
}

describe("set", () => {
  test("drops one line end of stdin", async () => {
    await cli.run(["set", "a"], { stdin: "x\n\n" });
    expect(await revealed("a")).toBe("x\n");
    await cli.run(["set", "a"], { stdin: "x\r\n" });
    expect(await revealed("a")).toBe("x");
  });

  test("--keep-newline keeps it", async () => {
    await cli.run(["set", "a", "--keep-newline"], { stdin: "x\n" });
    expect(await revealed("a")).toBe("x\n");
  });

  test("advice names options of the command, and not those of the library", async () => {
    const versioned = await cli.run(["set", "a@3"], { stdin: "x" });
    expect(versioned.code).toBe(19);
    expect(versioned.stderr).toContain("--if-version");
    await cli.run(["set", "app/path"], { stdin: "x" });
    const refused = await cli.run(["export", "--prefix", "app"]);
    expect(refused.stderr).toContain("--allow-name");
    expect(refused.stderr).not.toContain("ifVersion");
  });

  test("bytes that are no text are refused, with the option that takes them", async () => {
    const refused = await cli.run(["set", "a"], { stdin: Buffer.from([0xff, 0xfe]) });
    expect(refused.code).toBe(20);
    expect(refused.stderr).toContain("--kind binary");
  });

  test("a file that never ends is refused", async () => {
    const refused = await cli.run(["set", "a", "--from-file", "/dev/zero"]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("input-too-large");
  });

  test("any bytes come back exactly with --kind binary", async () => {
    const harness = await createHarness();
    try {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 1 }), async (bytes) => {
          await harness.run(["set", "b", "--kind", "binary"], { stdin: bytes });
          const { stdoutBytes } = await harness.run(["get", "b", "--reveal"]);
          expect(stdoutBytes).toEqual(Buffer.from(bytes));
        }),
        { numRuns: 50 },
      );
    } finally {
      await harness.remove();
    }
  });

  test("takes a file as it is", async () => {
    await writeFile(join(cli.directory, "key.pem"), "line\n");
    await cli.run(["set", "a", "--from-file", "key.pem"]);
    expect(await revealed("a")).toBe("line\n");
  });

  test("tells the version that it wrote", async () => {
    const first = await cli.run(["set", "a", "--json"], { stdin: "x" });
    expect(JSON.parse(first.stdout)).toEqual({ ref: "a", kind: "text", version: "1" });
    const second = await cli.run(["set", "a", "--plain"], { stdin: "y" });
    expect(second.stdout).toBe("a\t2\n");
    const third = await cli.run(["set", "a"], { stdin: "z" });
    expect(third).toMatchObject({ stdout: "", stderr: "Wrote a, version 3.\n" });
    expect((await cli.run(["set", "a", "-q"], { stdin: "z" })).stderr).toBe("");
  });

  test("a field changes alone, and makes the secret when there is none", async () => {
    await cli.run(["set", "db#user"], { stdin: "u" });
    await cli.run(["set", "db#port", "--kind", "json"], { stdin: "5432" });
    expect(await revealed("db")).toBe('{"port":5432,"user":"u"}');
  });

  test("writes only when the version is as expected", async () => {
    await cli.run(["set", "a"], { stdin: "1" });
    const conflict = await cli.run(["set", "a", "--if-version", "7"], { stdin: "2" });
    expect(conflict.code).toBe(9);
    const exists = await cli.run(["set", "a", "--if-absent"], { stdin: "2" });
    expect(exists.code).toBe(8);
    expect(await revealed("a")).toBe("1");
    const written = await cli.run(["set", "a", "--if-version", "1"], { stdin: "2" });
    expect(written.code).toBe(0);
    expect(await revealed("a")).toBe("2");
  });

  test("--dry-run writes nothing", async () => {
    const dry = await cli.run(["set", "a", "--dry-run"], { stdin: "1" });
    expect(dry).toMatchObject({ code: 0, stderr: "Would write a (text).\n" });
    expect((await cli.run(["get", "a"])).code).toBe(3);
  });

  test("a value as an argument is refused, explained and not repeated", async () => {
    for (const argv of [
      ["set", "a", "hunter2"],
      ["set", "a", "--", "hunter2"],
    ]) {
      const refused = await cli.run(argv, { stdin: "x" });
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain("ps and the shell history");
      expect(refused.stderr).not.toContain("hunter2");
    }
    expect((await cli.run(["get", "a"])).code).toBe(3);
  });

  test.each([
    [["set"], "x", 2],
    [["set", "a"], "", 2],
    [["set", "a", "--kind", "xml"], "x", 2],
    [["set", "a", "--tag", "no-equals"], "x", 2],
    [["set", "a", "--if-absent", "--if-version", "1"], "x", 2],
    [["set", "a", "--from-file", "absent"], "x", 28],
    [["set", "a@1"], "x", 19],
    [["set", "a//b"], "x", 19],
    [["set", "a", "--kind", "json"], "{not json", 20],
    [["set", "a", "--kind", "text"], Buffer.from([255, 254]), 20],
  ])("%j with bad input changes nothing", async (argv, stdin, code) => {
    const failed = await cli.run(argv, { stdin });
    expect(failed).toMatchObject({ code, stdout: "" });
    expect((await cli.run(["list", "--json"])).stdout).toBe("[]\n");
  });

  test.each(['{"k":"s1","k":"s2"}', '[{"a":{"k":"s1","b":[1],"\\u006b":"s2"}}]'])(
    "JSON with a key twice is refused and not quoted: %s",
    async (stdin) => {
      const failed = await cli.run(["set", "a", "--kind", "json"], { stdin });
      expect(failed).toMatchObject({ code: 20, stdout: "" });
      expect(failed.stderr).toContain("(repeated-key)");
      expect(failed.stderr).not.toMatch(/s1|s2/u);
      expect((await cli.run(["get", "a"])).code).toBe(3);
    },
  );

  test("a value beyond the limit of the store is refused", async () => {
    const failed = await cli.run(["set", "a"], { stdin: "x".repeat(1024 * 1024 + 1) });
    expect(failed.code).toBe(21);
  });

  test("nothing is read from a terminal that would show it", async () => {
    const refused = await cli.run(["set", "a"], { stdinTerminal: true, stdin: "x" });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("(visible-input)");
  });

  test("an empty value needs --allow-empty", async () => {
    expect((await cli.run(["set", "a", "--allow-empty"], { stdin: "" })).code).toBe(0);
    expect(await revealed("a")).toBe("");
  });
});
