import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { commandNames } from "../src/commands/summaries.js";
import { allCommands } from "../src/commands/find-command.js";
import { globalOptionSpecs } from "../src/input/global-options.js";
import { withCli } from "./support/with-cli.js";

const cli = withCli();
const commands = await allCommands();
/** The words in front of a group's members, such as `vault db` of `vault db config`. */
const groups = [
  ...new Set(
    commands.flatMap(({ words }) => {
      const parts = words.split(" ");
      return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join(" "));
    }),
  ),
];

describe("the command line", () => {
  test("--version is that of the package, wherever it stands", async () => {
    const manifest = JSON.parse(
      await readFile(new URL("../package.json", import.meta.url), "utf8"),
    ) as { version: string };
    for (const argv of [["--version"], ["--json", "--version"]]) {
      expect(await cli.run(argv)).toMatchObject({ code: 0, stdout: `${manifest.version}\n` });
    }
  });

  test("--help lists every command; nothing at all is a mistake that shows the same", async () => {
    const help = await cli.run(["--help"]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    for (const name of commandNames) expect(help.stdout).toContain(`\n  ${name} `);
    expect(await cli.run([])).toMatchObject({ code: 2, stdout: "", stderr: help.stdout });
  });

  test.each(commands)(
    "$words --help has usage, examples and the global options",
    async ({ words }) => {
      const argv = words.split(" ");
      const help = await cli.run([...argv, "--help"]);
      expect(help).toMatchObject({ code: 0, stderr: "" });
      expect(help.stdout).toContain(`Usage: kinko ${words}`);
      expect(help.stdout).toMatch(/\nExamples:\n {2}# .+\n {2}\S/u);
      expect(help.stdout).toContain("--config FILE");
      expect((await cli.run(["help", ...argv])).stdout).toBe(help.stdout);
    },
  );

  test.each(groups)("%s shows its commands; without one it is a mistake", async (words) => {
    const argv = words.split(" ");
    const help = await cli.run([...argv, "--help"]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain(`Usage: kinko ${words} COMMAND`);
    expect(help.stdout).toMatch(/\nExamples:\n {2}# .+\n {2}\S/u);
    expect(await cli.run(argv)).toMatchObject({ code: 2, stdout: "", stderr: help.stdout });
    const wrong = await cli.run([...argv, "hunter2"]);
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr).toContain(`not a command of kinko ${words}`);
    expect(wrong.stderr).not.toContain("hunter2");
  });

  test("no option of a command hides a global one, and no name is there twice", async () => {
    for (const { words: name, command } of commands) {
      const { spec } = command;
      const options = [...spec.options, ...globalOptionSpecs];
      const names = options.map((option) => option.name);
      const shorts = options.flatMap(({ short }) => (short === undefined ? [] : [short]));
      expect(new Set(names).size, name).toBe(names.length);
      expect(new Set(shorts).size, name).toBe(shorts.length);
      expect(spec.name).toBe(name);
    }
  });

  test.each([
    [["gett"], 'Did you mean "get"?'],
    [["get", "a", "--reveall"], 'Did you mean "--reveal"?'],
    [["get", "a", "--timeout", "soon"], "milliseconds"],
    [["get", "a", "--json", "--plain"], "exclude each other"],
    [["get", "a", "--field"], "needs a value"],
    [["get", "a", "--field", "--reveal"], "needs a value"],
    [["get", "a", "--config", "x", "--config", "y"], "given twice"],
    [["--json"], "There is no command"],
    [["help", "nothing"], "not one that kinko help knows"],
  ])("%j is a usage error with exit code 2", async (argv, words) => {
    const failed = await cli.run(argv);
    expect(failed).toMatchObject({ code: 2, stdout: "" });
    expect(failed.stderr).toContain(words);
  });

  test("what could be a secret in the wrong place is not repeated", async () => {
    for (const argv of [
      ["hunter2"],
      ["--password=hunter2"],
      ["get", "--password=hunter2"],
      ["get", "a", "--timeout=hunter2"],
      ["get", "a", "hunter2"],
      ["set", "a", "--kind=hunter2"],
      ["set", "a", "--tag=hunter2"],
      ["init", "-o", "passphrase=hunter2"],
      ["config", "hunter2"],
    ]) {
      const failed = await cli.run(argv);
      expect(failed.code, argv.join(" ")).not.toBe(0);
      expect(failed.stdout + failed.stderr, argv.join(" ")).not.toContain("hunter2");
    }
  });

  test("global options may stand before or after the command", async () => {
    await cli.run(["set", "a"], { stdin: "x" });
    for (const argv of [
      ["--json", "get", "a"],
      ["get", "--json", "a"],
      ["--timeout", "5000", "get", "a", "--json"],
    ]) {
      expect(JSON.parse((await cli.run(argv)).stdout)).toMatchObject({ ref: "a" });
    }
  });

  test("colours only in a terminal that wants them", async () => {
    await cli.run(["set", "a"], { stdin: "x" });
    const escape = "\u001b[";
    const run = async (env: Record<string, string>, ...argv: string[]): Promise<string> =>
      (await cli.run(["get", "a", ...argv], { terminal: true, env })).stdout;
    expect(await run({})).toContain(escape);
    expect(await run({}, "--no-color")).not.toContain(escape);
    expect(await run({ NO_COLOR: "1" })).not.toContain(escape);
    expect(await run({ TERM: "dumb" })).not.toContain(escape);
    expect((await cli.run(["get", "a"])).stdout).not.toContain(escape);
  });

  test("--verbose says where an error arose, without more of it", async () => {
    const failed = await cli.run(["get", "absent", "--verbose"]);
    expect(failed.stderr).toMatch(/operation: get\n/u);
    expect(failed.stderr).toMatch(/\n {4}at /u);
    expect((await cli.run(["get", "absent"])).stderr).not.toMatch(/\n {4}at /u);
  });

  test("a reader that goes away ends the command quietly", async () => {
    await cli.run(["set", "a"], { stdin: "x" });
    for (const argv of [["list"], ["--help"], ["list", "--help"], ["--version", "--json"]]) {
      const ended = await cli.run(argv, { brokenPipe: true });
      expect(ended).toEqual({ code: 141, stdout: "", stdoutBytes: Buffer.alloc(0), stderr: "" });
    }
  });
});

describe("help topics", () => {
  test("exit-codes lists them, also as JSON", async () => {
    expect((await cli.run(["help", "exit-codes"])).stdout).toContain("NotFound");
    const rows = JSON.parse((await cli.run(["help", "exit-codes", "--json"])).stdout) as unknown[];
    expect(rows).toContainEqual({ code: 3, name: "NotFound", meaning: "no such secret or field" });
  });

  test("environment lists the variables", async () => {
    expect((await cli.run(["help", "environment"])).stdout).toContain("KINKO_PROVIDER");
  });
});
