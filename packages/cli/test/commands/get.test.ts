import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { withCli } from "../support/with-cli.js";

const cli = withCli();
const value = "p4ss\nw0rd";

describe("get", () => {
  test.each([true, false])("masks the value without --reveal (terminal: %s)", async (terminal) => {
    await cli.run(["set", "a", "--tag", "owner=me"], { stdin: value });
    const shown = await cli.run(["get", "a"], { terminal, env: { NO_COLOR: "1" } });
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain("value      ●●●●●●●●\n");
    expect(shown.stdout).toContain("tag owner  me\n");
    expect(shown.stdout + shown.stderr).not.toContain("p4ss");
    expect(shown.stderr).toContain("--reveal");
  });

  test("--reveal writes exactly the bytes into a pipe", async () => {
    await cli.run(["set", "a"], { stdin: value });
    const read = await cli.run(["get", "a", "--reveal"]);
    expect(read).toMatchObject({ code: 0, stdout: value, stderr: "" });
  });

  test("--reveal ends with a line end in a terminal, unless --no-newline", async () => {
    await cli.run(["set", "a"], { stdin: "x" });
    expect((await cli.run(["get", "a", "--reveal"], { terminal: true })).stdout).toBe("x\n");
    const bare = await cli.run(["get", "a", "--reveal", "--no-newline"], { terminal: true });
    expect(bare.stdout).toBe("x");
    expect((await cli.run(["get", "a", "--reveal", "--newline"])).stdout).toBe("x\n");
  });

  test("reads fields and versions, by the reference or by --field", async () => {
    await cli.run(["set", "db", "--kind", "json"], { stdin: '{"user":"u","port":5432}' });
    await cli.run(["set", "db#user"], { stdin: "v" });
    expect((await cli.run(["get", "db#user", "--reveal"])).stdout).toBe("v");
    expect((await cli.run(["get", "db#user@1", "--reveal"])).stdout).toBe("u");
    expect((await cli.run(["get", "db@1", "--field", "port", "--reveal"])).stdout).toBe("5432");
  });

  test("binary values are exact in a pipe and refused in a terminal", async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 10]);
    await cli.run(["set", "b", "--kind", "binary"], { stdin: bytes });
    expect((await cli.run(["get", "b", "--reveal"])).stdoutBytes).toEqual(bytes);
    const refused = await cli.run(["get", "b", "--reveal"], { terminal: true });
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("--output");
  });

  test("--output writes a file that only the owner can read, and nothing to stdout", async () => {
    await cli.run(["set", "a"], { stdin: value });
    const written = await cli.run(["get", "a", "--output", "out.txt"]);
    expect(written).toMatchObject({ code: 0, stdout: "" });
    const file = join(cli.directory, "out.txt");
    expect(await readFile(file, "utf8")).toBe(value);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test("--json has metadata, and the value only with --reveal", async () => {
    await cli.run(["set", "a"], { stdin: value });
    const masked = JSON.parse((await cli.run(["get", "a", "--json"])).stdout) as unknown;
    expect(masked).toEqual({
      ref: "a",
      kind: "text",
      fields: [],
      version: "1",
      createdAt: "2030-01-01T00:00:00.000Z",
      tags: {},
      store: "local",
      masked: true,
    });
    const open = JSON.parse((await cli.run(["get", "a", "--json", "--reveal"])).stdout) as unknown;
    expect(open).toMatchObject({ masked: false, value });
  });

  test("--json gives JSON values as JSON and binary values in base64", async () => {
    await cli.run(["set", "j", "--kind", "json"], { stdin: '{"a":[1,null]}' });
    await cli.run(["set", "b", "--kind", "binary"], { stdin: Buffer.from([0, 255]) });
    const json = await cli.run(["get", "j", "--json", "--reveal"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ value: { a: [1, null] }, fields: ["a"] });
    const binary = await cli.run(["get", "b", "--json", "--reveal"]);
    expect(JSON.parse(binary.stdout)).toMatchObject({ kind: "binary", valueBase64: "AP8=" });
  });

  test("--plain gives names and values separated by tabs", async () => {
    await cli.run(["set", "a"], { stdin: value });
    const { stdout } = await cli.run(["get", "a", "--plain"]);
    expect(stdout.split("\n")).toContain("version\t1");
  });

  test.each([
    [["get", "absent"], 3],
    [["get", "a#field"], 20],
    [["get", "a@9"], 4],
    [["get", "../a"], 19],
    [["get", "a%2f..%2fb"], 19],
    [["get", ""], 19],
    [["get"], 2],
    [["get", "a", "b"], 2],
    [["get", "a#b", "--field", "c"], 2],
    [["get", "a", "--reveal=yes"], 2],
    [["get", "a", "--output"], 2],
    [["get", "a", "--output", "no/such/folder/file"], 28],
    [["get", "a", "--output", "/dev/null"], 28],
    [["get", "a", "--output", "."], 28],
  ])("%j fails with its own code", async (argv, code) => {
    await cli.run(["set", "a"], { stdin: value });
    const failed = await cli.run(argv);
    expect(failed).toMatchObject({ code, stdout: "" });
    expect(failed.stderr).toMatch(/^error: .+\nnext: .+\ncode: \w+/u);
    expect(failed.stderr).not.toContain("p4ss");
  });

  test("a deleted secret and a destroyed version are told apart", async () => {
    await cli.run(["set", "a"], { stdin: "1" });
    await cli.run(["set", "a"], { stdin: "2" });
    await cli.run(["rm", "a@1", "--purge", "--yes"]);
    expect((await cli.run(["get", "a@1"])).code).toBe(6);
    await cli.run(["rm", "a", "--yes"]);
    expect((await cli.run(["get", "a"])).code).toBe(5);
  });

  test("with --json an error is one line of JSON on stderr", async () => {
    const failed = await cli.run(["get", "absent", "--json"]);
    expect(failed).toMatchObject({ code: 3, stdout: "" });
    expect(JSON.parse(failed.stderr)).toMatchObject({
      error: { code: "NotFound", exitCode: 3, ref: "absent", provider: "local", retryable: false },
    });
  });
});
