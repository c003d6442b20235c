import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CommandSpec } from "../../src/command.js";
import { CliError } from "../../src/errors.js";
import { globalOptionSpecs } from "../../src/input/global-options.js";
import { findCommandName, parseArguments } from "../../src/input/parse-arguments.js";

const spec: CommandSpec = {
  name: "try",
  summary: "try",
  arguments: [
    { name: "ONE", description: "first" },
    { name: "MORE", description: "others", optional: true, variadic: true },
  ],
  options: [
    { name: "flag", short: "f", description: "a switch" },
    { name: "text", short: "t", value: "TEXT", description: "a value" },
    { name: "list", value: "TEXT", repeatable: true, description: "values" },
    { name: "choice", value: "WORD", choices: ["a", "b"], description: "one of two" },
  ],
  examples: [],
};

async function reasonOf(spec_: CommandSpec, ...argv: string[]): Promise<string> {
  const error: unknown = await parseArguments(spec_, argv).catch((caught: unknown) => caught);
  if (error instanceof CliError) return error.reason;
  throw new Error("The command line was accepted.");
}

describe("a command line", () => {
  test("has options in any place and form", async () => {
    const input = await parseArguments(spec, [
      "-ft",
      "x y",
      "one",
      "--list=1",
      "two",
      "--list",
      "2",
      "--choice=b",
    ]);
    expect(input.args).toEqual(["one", "two"]);
    expect(input.flag("flag")).toBe(true);
    expect(input.flag("json")).toBe(false);
    expect(input.text("text")).toBe("x y");
    expect(input.list("list")).toEqual(["1", "2"]);
    expect(input.text("choice")).toBe("b");
    expect(input.rest).toBeUndefined();
  });

  test("a value may begin with a dash behind an equals sign", async () => {
    expect((await parseArguments(spec, ["one", "--text=-x"])).text("text")).toBe("-x");
  });

  test("-- ends the options: names with a dash, or a command line", async () => {
    expect((await parseArguments(spec, ["--", "-one", "--json"])).args).toEqual(["-one", "--json"]);
    const rest = { ...spec, rest: "COMMAND" };
    const input = await parseArguments(rest, ["one", "--", "cmd", "--json", "--"]);
    expect(input.rest).toEqual(["cmd", "--json", "--"]);
    expect(input.flag("json")).toBe(false);
  });

  test.each([
    ["missing-argument", []],
    ["unknown-option", ["one", "--nothing"]],
    ["unknown-option", ["one", "-x"]],
    ["unexpected-option-value", ["one", "--flag=yes"]],
    ["missing-option-value", ["one", "--text"]],
    ["missing-option-value", ["one", "--text="]],
    ["missing-option-value", ["one", "--text", "--flag"]],
    ["repeated-option", ["one", "--text", "1", "-t", "2"]],
    ["invalid-option-value", ["one", "--choice", "c"]],
  ])("%s: %j", async (reason, argv) => {
    expect(await reasonOf(spec, ...argv)).toBe(reason);
  });

  test("--help wins over what is missing", async () => {
    expect((await parseArguments(spec, ["--help"])).flag("help")).toBe(true);
  });

  test("what a message says never has a value in it", async () => {
    const canary = "hunter2hunter2";
    const word = fc.oneof(
      fc.constantFrom("--text", "-t", "--list", "--choice", "--flag", "--json", "--", "-f", "one"),
      fc.constantFrom(canary, `--text=${canary}`, `--nothing=${canary}`, `--flag=${canary}`),
      fc.constantFrom(`--choice=${canary}`, `--timeout=${canary}`, `-q${canary}`),
    );
    const strict = {
      ...spec,
      arguments: [{ name: "ONE", description: "first", choices: ["one"] }],
    };
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (argv) => {
        const error: unknown = await parseArguments(strict, argv).catch(
          (caught: unknown) => caught,
        );
        if (!(error instanceof CliError)) return;
        expect(`${error.message} ${error.advice} ${error.reason}`).not.toContain(canary);
      }),
    );
  });

  test("any words are parsed or refused, and nothing else", async () => {
    const words = fc.array(fc.oneof(fc.string(), fc.constantFrom("--text", "-f", "--list=", "--")));
    await fc.assert(
      fc.asyncProperty(words, async (argv) => {
        const result: unknown = await parseArguments(spec, argv).catch((caught: unknown) => caught);
        expect(result instanceof CliError || !(result instanceof Error)).toBe(true);
      }),
    );
  });
});

describe("the name of the command", () => {
  test.each([
    [["get", "a"], "get", ["a"]],
    [["--json", "get", "a"], "get", ["--json", "a"]],
    [["--config", "k.yaml", "get"], "get", ["--config", "k.yaml"]],
    [["--config=k.yaml", "get"], "get", ["--config=k.yaml"]],
    [["-c", "k.yaml", "get"], "get", ["-c", "k.yaml"]],
    [["--", "get"], undefined, ["--", "get"]],
    [[], undefined, []],
  ])("in %j is %s", (argv, name, others) => {
    expect(findCommandName(argv)).toEqual({ name, others });
  });

  test("is found behind every global option that takes a value", () => {
    for (const { name, value } of globalOptionSpecs) {
      if (value === undefined) continue;
      expect(findCommandName([`--${name}`, "set", "get"]).name, name).toBe("get");
    }
  });
});
