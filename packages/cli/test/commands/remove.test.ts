import { describe, expect, test } from "vitest";
import { withCli } from "../support/with-cli.js";

const cli = withCli();

async function write(ref: string, ...values: string[]): Promise<void> {
  for (const value of values) await cli.run(["set", ref], { stdin: value });
}

async function code(...argv: string[]): Promise<number> {
  return (await cli.run(argv)).code;
}

describe("rm", () => {
  test("asks first, and without a terminal refuses and changes nothing", async () => {
    await write("a", "1");
    const refused = await cli.run(["rm", "a"]);
    expect(refused.code).toBe(29);
    expect(refused.stderr).toContain("--yes");
    expect(await code("get", "a")).toBe(0);
  });

  test("deletes so that undelete brings it back", async () => {
    await write("a", "1");
    expect(await code("rm", "a", "--yes")).toBe(0);
    expect(await code("get", "a")).toBe(5);
    expect(await code("rm", "a", "--yes")).toBe(5);
    expect(await code("undelete", "a")).toBe(0);
    expect((await cli.run(["get", "a", "--reveal"])).stdout).toBe("1");
  });

  test("--purge removes for good", async () => {
    await write("a", "1");
    expect(await code("rm", "a", "--purge", "--yes")).toBe(0);
    expect(await code("get", "a")).toBe(3);
    expect(await code("undelete", "a")).toBe(3);
  });

  test("a version goes alone, by @ or by --version-id", async () => {
    await write("a", "1", "2", "3");
    expect(await code("rm", "a@1", "--purge", "--yes")).toBe(0);
    expect(await code("get", "a@1")).toBe(6);
    expect(await code("rm", "a", "--version-id", "2", "--yes")).toBe(0);
    expect(await code("get", "a@2")).toBe(5);
    expect((await cli.run(["get", "a", "--reveal"])).stdout).toBe("3");
    expect(await code("undelete", "a@2")).toBe(0);
    expect(await code("undelete", "a@1")).toBe(6);
  });

  test("takes several, and tells them in JSON", async () => {
    await write("a", "1");
    await write("b", "1");
    const removed = await cli.run(["rm", "a", "b", "--yes", "--json"]);
    expect(JSON.parse(removed.stdout)).toEqual({
      mode: "soft",
      deleted: ["a", "b"],
      dryRun: false,
    });
  });

  test("--dry-run changes nothing, and fails where the deletion would", async () => {
    await write("a", "1");
    const dry = await cli.run(["rm", "a", "--purge", "--dry-run"]);
    expect(dry).toMatchObject({ code: 0, stderr: "Would remove for good: a.\n" });
    expect(await code("get", "a")).toBe(0);
    expect(await code("rm", "absent", "--dry-run")).toBe(3);
    expect(await code("rm", "a@9", "--dry-run")).toBe(4);
  });

  test.each([
    [["rm"], 2],
    [["rm", "a#b", "--yes"], 2],
    [["rm", "a@1", "--version-id", "1", "--yes"], 2],
    [["rm", "absent", "--yes"], 3],
    [["undelete", "absent"], 3],
    [["versions", "absent"], 3],
    [["undelete", "a#b"], 19],
  ])("%j is refused", async (argv, expected) => {
    await write("a", "1");
    expect((await cli.run(argv)).code).toBe(expected);
    expect(await code("get", "a")).toBe(0);
  });
});

describe("versions", () => {
  test("lists newest first, in each form", async () => {
    await write("a", "1", "2");
    await cli.run(["rm", "a@1", "--purge", "--yes"]);
    const json = await cli.run(["versions", "a", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject([
      { id: "2", state: "enabled", current: true, createdAt: "2030-01-01T00:00:00.000Z" },
      { id: "1", state: "destroyed", current: false },
    ]);
    const plain = await cli.run(["versions", "a", "--plain"]);
    expect(plain.stdout.split("\n")[0]).toBe("2\tenabled\tyes\t2030-01-01T00:00:00.000Z\t\t");
    const table = await cli.run(["versions", "a"]);
    expect(table.stdout).toMatch(/^VERSION {2}STATE {6}CURRENT/u);
  });
});
