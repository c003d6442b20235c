import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { withCli } from "../support/with-cli.js";

const cli = withCli();
const profile = "secretCount: 120\nneedsDynamicSecrets: true\ndeveloperCount: 9\n";

beforeEach(() => writeFile(join(cli.directory, "p.yaml"), profile));

describe("decide", () => {
  test("shows the verdict, every criterion, and what would change it", async () => {
    const shown = await cli.run(["decide", "--profile", "p.yaml"]);
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    expect(shown.stdout).toContain("Verdict: adopt");
    expect(shown.stdout).toMatch(/^adopt {2}Many secrets +met +120 \(more than 50 secrets\)/mu);
    expect(shown.stdout.match(/^(?:adopt|avoid) {2}/gmu)).toHaveLength(11);
    expect(shown.stdout).toContain("These answers would change the verdict:");
    expect(shown.stdout).toContain("- storage: raft");
  });

  test("--json, --md and --html are records of the same decision", async () => {
    const json = await cli.run(["decide", "--profile", "p.yaml", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ verdict: "adopt", format: "kinko.decision/1" });
    const md = await cli.run(["decide", "--profile", "p.yaml", "--md", "--title", "Our Vault"]);
    expect(md.stdout).toMatch(/^# Our Vault\n/u);
    expect(md.stdout).toContain("2030-01-01");
    const html = await cli.run(["decide", "--profile", "p.yaml", "--html"]);
    expect(html.stdout).toMatch(/^<!doctype html>/iu);
  });

  test("single answers win over the file, and unknown leaves one open", async () => {
    const verdict = async (...argv: string[]): Promise<unknown> => {
      const { stdout } = await cli.run(["decide", "--json", ...argv]);
      return (JSON.parse(stdout) as { verdict: unknown }).verdict;
    };
    expect(await verdict("-a", "secretCount=unknown")).toBe("insufficient-data");
    const few = ["-a", "secretCount=3", "-a", "needsDynamicSecrets=no", "-a", "developerCount=2"];
    expect(await verdict("--profile", "p.yaml", ...few)).toBe("avoid");
  });

  test("--scan counts what is there, and tells its evidence", async () => {
    await writeFile(join(cli.directory, ".env"), "A=1\nB=2\n");
    await writeFile(join(cli.directory, "kinko.config.yaml"), "provider: local\n");
    for (const name of ["prod/a", "prod/b", "dev/a"]) {
      await cli.run(["set", name], { stdin: "never-shown" });
    }
    const scanned = await cli.run(["decide", "--scan", "--json"]);
    expect(JSON.parse(scanned.stdout)).toMatchObject({
      profile: { secretCount: { value: 3, source: "store local" }, environmentCount: { value: 2 } },
    });
    expect(scanned.stdout).not.toContain("never-shown");
  });

  test("--check holds for a record of the same answers, and fails when the verdict changes", async () => {
    for (const [form, file] of [
      ["--md", "record.md"],
      ["--json", "record.json"],
    ] as const) {
      await cli.run(["decide", "--profile", "p.yaml", form, "-o", file]);
      const same = await cli.run(["decide", "--profile", "p.yaml", "--check", file]);
      expect(same).toMatchObject({ code: 0, stdout: "The decision still holds.\n" });
      const changed = [
        "-a",
        "secretCount=3",
        "-a",
        "developerCount=2",
        "-a",
        "needsDynamicSecrets=no",
      ];
      const other = await cli.run(["decide", "--check", file, ...changed]);
      expect(other.code).toBe(1);
      expect(other.stdout).toContain("- the verdict was adopt and is avoid");
    }
    const json = await cli.run(["decide", "-a", "secretCount=3", "--check", "record.md", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ holds: false });
  });

  test("own rules are used", async () => {
    await writeFile(join(cli.directory, "rules.yaml"), "thresholds: {moreThanSecrets: 500}\n");
    const decided = await cli.run([
      "decide",
      "--profile",
      "p.yaml",
      "--rules",
      "rules.yaml",
      "--json",
    ]);
    expect(JSON.parse(decided.stdout)).toMatchObject({
      rules: { thresholds: { moreThanSecrets: 500 } },
      criteria: expect.arrayContaining([
        expect.objectContaining({ id: "many-secrets", state: "unmet" }),
      ]) as unknown,
    });
  });

  test("--output writes the record, and --dry-run does not", async () => {
    const argv = ["decide", "--profile", "p.yaml", "--md", "-o", "vault.md"];
    expect(await cli.run([...argv, "--dry-run"])).toMatchObject({ code: 0, stdout: "" });
    await expect(readFile(join(cli.directory, "vault.md"))).rejects.toThrow("ENOENT");
    await cli.run(argv);
    expect(await readFile(join(cli.directory, "vault.md"), "utf8")).toContain("# ");
  });

  test.each([
    [["decide"], 2],
    [["decide", "--ask"], 2],
    [["decide", "--md", "--html", "--scan"], 2],
    [["decide", "-a", "secretCount"], 2],
    [["decide", "-a", "secretCout=3"], 20],
    [["decide", "-a", "secretCount=many"], 20],
    [["decide", "--profile", "absent.yaml"], 28],
    [["decide", "--profile", "bad.yaml"], 20],
    [["decide", "--profile", "unknown.yaml"], 20],
    [["decide", "--profile", "p.yaml", "--check", "p.yaml"], 20],
    [["decide", "--profile", "p.yaml", "--rules", "unknown.yaml"], 20],
  ])("%j fails with its own code", async (argv, code) => {
    await writeFile(join(cli.directory, "bad.yaml"), "a: [");
    await writeFile(join(cli.directory, "unknown.yaml"), "secretCout: 3\n");
    const failed = await cli.run(argv);
    expect(failed).toMatchObject({ code, stdout: "" });
    expect(failed.stderr).toMatch(/^error: .+\nnext: .+\n/u);
  });

  test.each([
    [["-a", "secretCout=3"], "invalid-answer"],
    [["--profile", "unknown.yaml"], "invalid-profile"],
    [["--profile", "p.yaml", "--check", "p.yaml"], "invalid-record"],
    [["--profile", "p.yaml", "--rules", "unknown.yaml"], "invalid-rules"],
  ])("%j says which of them is wrong, and what to do once", async (argv, reason) => {
    await writeFile(join(cli.directory, "unknown.yaml"), "secretCout: 3\n");
    const { stderr } = await cli.run(["decide", ...argv]);
    expect(stderr).toContain(`code: InvalidValue (${reason})\n`);
    expect(stderr).toMatch(/^error: The .+ has 1 problem: .+\nnext: (?:Correct|Give) /u);
    expect(stderr).not.toContain("run the command again");
  });
});
