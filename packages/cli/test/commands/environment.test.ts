import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { withCli } from "../support/with-cli.js";

const cli = withCli();

async function fill(): Promise<void> {
  await cli.run(["set", "prod/app/db", "--kind", "json"], {
    stdin: '{"user":"u","password":"it\'s $HOME"}',
  });
  await cli.run(["set", "prod/app/api-key"], { stdin: "k" });
}

describe("export", () => {
  test("writes the variables of a prefix, sorted", async () => {
    await fill();
    const shell = await cli.run(["export", "--prefix", "prod/app", "--format", "shell"]);
    expect(shell.code).toBe(0);
    expect(shell.stdout).toBe(
      "export API_KEY='k'\nexport DB_PASSWORD='it'\\''s $HOME'\nexport DB_USER='u'\n",
    );
    const json = await cli.run(["export", "-p", "prod/app", "--whole-json", "--json"]);
    expect(Object.keys(JSON.parse(json.stdout) as object)).toEqual(["API_KEY", "DB"]);
  });

  test("takes a manifest in YAML or JSON, and an env file", async () => {
    await fill();
    await writeFile(join(cli.directory, "m.yaml"), "USER_NAME: 'prod/app/db#user'\n");
    await writeFile(join(cli.directory, "m.json"), '{"KEY":"prod/app/api-key"}');
    await writeFile(
      join(cli.directory, "app.env"),
      'URL="http://${kinko://prod/app/db#user}@db"\n',
    );
    const all = ["--manifest", "m.yaml", "--manifest", "m.json", "-e", "app.env"];
    const exported = await cli.run(["export", ...all, "--json"]);
    expect(JSON.parse(exported.stdout)).toEqual({
      KEY: "k",
      URL: "http://u@db",
      USER_NAME: "u",
    });
  });

  test("shows nothing in a terminal without --reveal", async () => {
    await fill();
    const refused = await cli.run(["export", "-p", "prod/app"], { terminal: true });
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    const shown = await cli.run(["export", "-p", "prod/app", "--reveal"], { terminal: true });
    expect(shown.stdout).toContain("API_KEY=");
  });

  test("--output writes a file with mode 0600", async () => {
    await fill();
    const written = await cli.run(["export", "-p", "prod/app", "-o", ".env"]);
    expect(written).toMatchObject({ code: 0, stdout: "" });
    const file = join(cli.directory, ".env");
    expect(await readFile(file, "utf8")).toContain("API_KEY=k");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test("k8s is a Secret manifest", async () => {
    await fill();
    const k8s = ["export", "-p", "prod/app", "--format", "k8s"];
    expect((await cli.run(k8s)).code).toBe(25);
    expect((await cli.run([...k8s, "--name", "app"])).stdout).toContain("kind: Secret");
  });

  test("--dry-run names the variables and no value", async () => {
    await fill();
    const dry = await cli.run(["export", "-p", "prod/app", "--dry-run"]);
    expect(dry).toMatchObject({ code: 0, stdout: "" });
    expect(dry.stderr).toContain("API_KEY, DB_PASSWORD, DB_USER");
    expect(dry.stderr).not.toContain("it's");
  });

  test("an empty prefix is told", async () => {
    const empty = await cli.run(["export", "-p", "none"]);
    expect(empty).toMatchObject({ code: 0, stdout: "" });
    expect(empty.stderr).toContain("There are no secrets beneath none.");
  });

  test.each([
    [["export"], 2],
    [["export", "-p", "prod/app", "--format", "xml"], 2],
    [["export", "--manifest", "absent.yaml"], 28],
    [["export", "--manifest", "list.yaml"], 25],
    [["export", "--manifest", "broken.yaml"], 20],
    [["export", "--manifest", "missing.yaml"], 3],
    [["export", "--manifest", "path.yaml"], 25],
    [["export", "-p", "../prod"], 19],
  ])("%j fails with its own code", async (argv, code) => {
    await fill();
    const files = {
      "list.yaml": "- a\n",
      "broken.yaml": "a: [\n",
      "missing.yaml": "A: absent/secret\n",
      "path.yaml": "PATH: prod/app/api-key\n",
    };
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(cli.directory, name), text);
    }
    expect(await cli.run(argv)).toMatchObject({ code, stdout: "" });
  });
});

describe("run", () => {
  test("a program that does not start is an error, also as JSON", async () => {
    await fill();
    await writeFile(join(cli.directory, "plain"), "text", { mode: 0o644 });
    const absent = await cli.run(["run", "-p", "prod/app", "--", "no-such-program"]);
    expect(absent).toMatchObject({ code: 127, stdout: "" });
    expect(absent.stderr).toBe(
      "error: The command no-such-program was not found.\nnext: Check the spelling and the PATH.\ncode: CommandNotFound (command-not-found)\n",
    );
    const refused = await cli.run([
      "run",
      "-p",
      "prod/app",
      "--json",
      "--",
      "./plain",
      "--verbose",
    ]);
    expect(refused).toMatchObject({ code: 126, stdout: "" });
    expect(JSON.parse(refused.stderr)).toEqual({
      error: {
        code: "CommandNotExecutable",
        reason: "command-not-executable",
        message: "./plain was found but cannot be executed.",
        advice: "Check its permissions.",
        exitCode: 126,
      },
    });
  });

  test("says with --dry-run what the command would get", async () => {
    await fill();
    const dry = await cli.run(["run", "-p", "prod/app", "--dry-run", "--", "node", "-e", "0"]);
    expect(dry).toMatchObject({
      code: 0,
      stderr: "Would run node with API_KEY, DB_PASSWORD, DB_USER.\n",
    });
  });

  test.each([
    [["run", "-p", "prod/app"], 2],
    [["run", "-p", "prod/app", "node"], 2],
    [["run", "--", "node"], 2],
    [["run", "-p", "prod/app", "--preserve-env", "--pristine", "--", "node"], 2],
    [["run", "-p", "none", "--strict", "--", "node"], 25],
    [["run", "-p", "prod/app", "--only-secrets", "NOT_THERE", "--", "node"], 25],
  ])("%j does not start anything", async (argv, code) => {
    await fill();
    expect(await cli.run(argv)).toMatchObject({ code, stdout: "" });
  });
});
