import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exitCodes } from "../../src/exit-codes.js";
import { createHarness, type CliHarness } from "../support/cli.js";

let cli: CliHarness;

beforeEach(async () => {
  cli = await createHarness();
});

afterEach(() => cli.remove());

describe("set and get", () => {
  test("a value from stdin comes back byte for byte, without its last line end", async () => {
    const written = await cli.run(["set", "prod/app/db"], { stdin: "s3cr3t\nline\n" });
    expect(written).toMatchObject({ code: 0, stdout: "" });
    expect(written.stderr).toContain("Wrote prod/app/db, version 1.");
    const read = await cli.run(["get", "prod/app/db", "--reveal"]);
    expect(read).toMatchObject({ code: 0, stdout: "s3cr3t\nline", stderr: "" });
  });

  test("--keep-newline keeps the line end", async () => {
    await cli.run(["set", "a", "--keep-newline"], { stdin: "x\n" });
    expect((await cli.run(["get", "a", "--reveal"])).stdout).toBe("x\n");
  });

  test("a Windows line end is dropped whole", async () => {
    await cli.run(["set", "a"], { stdin: "x\r\n" });
    expect((await cli.run(["get", "a", "--reveal"])).stdout).toBe("x");
  });

  test("the value is masked without --reveal, in a pipe as in a terminal", async () => {
    await cli.run(["set", "a"], { stdin: "hidden-value" });
    for (const terminal of [true, false]) {
      const shown = await cli.run(["get", "a"], { terminal, env: { NO_COLOR: "1" } });
      expect(shown.code).toBe(0);
      expect(shown.stdout).toContain("value    ●●●●●●●●");
      expect(shown.stdout + shown.stderr).not.toContain("hidden-value");
      expect(shown.stderr).toContain("--reveal");
    }
  });
});

test("every failure has a code", () => {
  expect(exitCodes.NotFound).toBe(3);
});
