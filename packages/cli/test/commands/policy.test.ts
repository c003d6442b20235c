import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { runCli, type CliResult } from "../support/cli.js";
import { withCli } from "../support/with-cli.js";

const cli = withCli();

const shop = `path "secret/data/shop/*" {
  capabilities = ["read"]
}

path "sys/*" {
  capabilities = ["deny"]
}
`;

const tests = `tests:
  - name: the shop reads its own secrets
    policies: [shop]
    allowed: [read secret/data/shop/db]
    denied: [update secret/data/shop/db, read sys/mounts]
`;

beforeEach(async () => {
  await mkdir(join(cli.directory, "policies"));
  await write("policies/shop.hcl", shop);
  await write("policies/shop.policy-test.yaml", tests);
});

const write = (file: string, text: string): Promise<void> =>
  writeFile(join(cli.directory, file), text);

/** Runs a command line for which no store may be opened: there is no config, and no provider to load. */
function kinko(line: string): Promise<CliResult> {
  return runCli(line.split(" "), {
    directory: cli.directory,
    importProvider: () => {
      throw new Error("A command without a server opened a store.");
    },
  });
}

const json = (result: CliResult): Record<string, unknown> => JSON.parse(result.stdout) as never;

describe("kinko policy lint", () => {
  test("is quiet and done for good policies", async () => {
    const result = await kinko("policy lint policies");
    expect(result).toMatchObject({
      code: 0,
      stdout: expect.not.stringContaining("error") as string,
    });
    expect(result.stderr).toContain("1 files: 0 errors");
  });

  test("shows where a file is no policy, with a caret, and goes on with the others", async () => {
    await write("policies/bad.hcl", 'path "a" {\n  capabilities = ["red"]\n}\n');
    await write("policies/broad.hcl", 'path "*" { capabilities = ["read"] }\n');
    const result = await kinko("policy lint policies");
    expect(result.code).toBe(1);
    expect(result.stdout).toContain("policies/bad.hcl:2:18: error:");
    expect(result.stdout).toContain(`      capabilities = ["red"]\n${" ".repeat(21)}^\n`);
    expect(result.stdout).toMatch(/policies\/broad\.hcl:1:6: error: \*: .*\(broad-glob\)/u);
    const { files, findings } = json(await kinko("policy lint policies --json"));
    expect(files).toBe(3);
    expect(findings).toContainEqual(
      expect.objectContaining({
        file: "policies/bad.hcl",
        code: "syntax",
        position: { line: 2, column: 18 },
      }),
    );
  });

  test("counts warnings as errors when it is strict, and knows KV mounts that are named", async () => {
    await write("policies/shop.hcl", 'path "secret/app" { capabilities = ["read"] }\n');
    expect((await kinko("policy lint policies/shop.hcl --strict")).code).toBe(0);
    const result = await kinko("policy lint policies/shop.hcl --kv2 secret --plain");
    expect(result.stdout).toMatch(/^policies\/shop\.hcl:1:6\t\w+\tkv2-path\t/u);
    expect((await kinko("policy lint policies/shop.hcl --kv2 secret --strict")).code).toBe(1);
  });
});

describe("kinko policy test", () => {
  test("passes checks that hold", async () => {
    const result = await kinko("policy test policies");
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toContain(
      "✓ the shop reads its own secrets: read secret/data/shop/db is allowed",
    );
    expect(result.stdout).toContain("3 passed, 0 failed.");
  });

  test("says of a check that fails where it is, which rule decided, and what would change it", async () => {
    await write(
      "policies/shop.policy-test.yaml",
      tests.replace("allowed: [read", "allowed: [list"),
    );
    const result = await kinko("policy test policies");
    expect(result.code).toBe(1);
    expect(result.stdout).toContain("at policies/shop.policy-test.yaml:4:15");
    expect(result.stdout).toContain(
      'Rule: path "secret/data/shop/*" of policy "shop" at line 1 (read).',
    );
    expect(json(await kinko("policy test policies --json"))).toMatchObject({
      passed: 2,
      failed: 1,
    });
    expect((await kinko("policy test policies --format junit")).stdout).toContain('failures="1"');
    expect((await kinko("policy test policies --format tap")).stdout).toContain("not ok 1 - ");
  });

  test("names rules that nothing tests, which fail it when it is strict", async () => {
    await write("policies/shop.policy-test.yaml", tests.replace(", read sys/mounts", ""));
    const result = await kinko("policy test policies");
    expect(result).toMatchObject({ code: 0 });
    expect(result.stdout).toContain("? no check comes to path sys/* of shop (line 5)");
    expect((await kinko("policy test policies --strict")).code).toBe(1);
  });

  test("refuses a file with a mistake at its line and field", async () => {
    await write("policies/shop.policy-test.yaml", tests.replace("allowed:", "alowed:"));
    const result = await kinko("policy test policies");
    expect(result).toMatchObject({ code: 20, stdout: "" });
    expect(result.stderr).toContain(
      "policies/shop.policy-test.yaml:4:5: tests[0].alowed: There is no such field here.",
    );
    expect(result.stderr).toMatch(/alowed: \[read.*\n {4}\^/u);
    const { error } = JSON.parse((await kinko("policy test policies --json")).stderr) as {
      error: unknown;
    };
    expect(error).toMatchObject({
      reason: "policy-test-file",
      file: "policies/shop.policy-test.yaml",
      line: 4,
      column: 5,
    });
  });

  test("finds policies where the tests list them, and says which one is not there", async () => {
    await write("app.json", '{"path":{"a":{"capabilities":["read"]}}}');
    const listed =
      "policies: { mine: ../app.json }\ntests:\n  - { name: x, policies: [mine], allowed: [read a] }\n";
    await write("policies/mine.policy-test.yaml", listed);
    expect((await kinko("policy test policies/mine.policy-test.yaml")).code).toBe(0);
    await write("policies/mine.policy-test.yaml", listed.replace("[mine]", "[other]"));
    const result = await kinko("policy test policies/mine.policy-test.yaml");
    expect(result.code).toBe(20);
    expect(result.stderr).toContain("tests[0].policies[0]: There is no policy of this name.");
    expect((await kinko("policy test .")).code).toBe(3);
  });
});

describe("kinko policy can and explain", () => {
  test("decide as Vault would, by the exit code too", async () => {
    const yes = await kinko("policy can read secret/data/shop/db -p policies");
    expect(yes).toMatchObject({ code: 0, stdout: "allowed\n" });
    const no = await kinko("policy can update secret/data/shop/db -p policies/shop.hcl");
    expect(no).toMatchObject({ code: 11, stdout: "denied (capability-missing)\n" });
    expect(json(await kinko("policy can list sys/x -p policies/shop.hcl --json"))).toEqual({
      allowed: false,
      reason: "denied",
      rules: [{ policy: "shop", rule: "sys/*", path: "sys/*", line: 5 }],
      missing: "list",
    });
  });

  test("fill in templates, and look at parameters and wrapping", async () => {
    await write(
      "who.hcl",
      'path "a/{{identity.entity.name}}" {\n  capabilities = ["update"]\n  required_parameters = ["x"]\n  min_wrapping_ttl = "1m"\n}\n',
    );
    await write("me.yaml", "entity: { name: mary }\n");
    const ask = "policy can update a/mary -p who.hcl";
    expect((await kinko(ask)).stdout).toBe("denied (no-rule)\n");
    const withWho = `${ask} --identity me.yaml`;
    expect((await kinko(withWho)).stdout).toBe("denied (wrapping-required)\n");
    expect((await kinko(`${withWho} --wrap-ttl 5m`)).stdout).toBe("denied (parameter-required)\n");
    expect((await kinko(`${withWho} --wrap-ttl 5m --parameter x=1`)).stdout).toBe("allowed\n");
    await write("me.yaml", "entity: { nam: mary }\n");
    expect((await kinko(withWho)).stderr).toContain(
      "me.yaml:1:11: entity.nam: There is no such field",
    );
  });

  test("explain which rule decides and what would change it", async () => {
    const result = await kinko("policy explain update secret/data/shop/db -p policies");
    expect(result.code).toBe(0);
    expect(result.stdout).toContain("The rule that decides does not grant what this needs.");
    expect(result.stdout).toContain('capabilities = ["read", "update"]');
    const told = json(await kinko("policy explain update secret/data/shop/db -p policies --json"));
    expect(told).toMatchObject({ allowed: false, reason: "capability-missing" });
    expect(told["suggestion"]).toContain('path "secret/data/shop/db"');
  });

  test.each([
    ["policy can read a", 2, "missing-policy"],
    ["policy can reed a -p policies", 2, "invalid-argument"],
    ["policy can read a -p nowhere.hcl", 28, "unreadable-file"],
    ["policy can read a -p policies -p policies/shop.hcl", 2, "duplicate-policy"],
  ])("%s is refused", async (line, code, reason) => {
    const result = await kinko(line);
    expect(result).toMatchObject({ code, stdout: "" });
    expect(result.stderr).toContain(`(${reason})`);
  });
});

describe("kinko policy build", () => {
  test("prints HCL and JSON of HCL, JSON, TypeScript and JavaScript alike", async () => {
    await write("app.json", '{"path":{"secret/data/shop/*":{"capabilities":["read"]}}}');
    const rules = '{ rules: [{ path: "secret/data/shop/*", capabilities: ["read"] }] }';
    await write("typed.ts", `interface A { b: 1 }\nexport default ${rules} satisfies object;\n`);
    await write("plain.mjs", `export default Promise.resolve(${rules});\n`);
    const hcl = 'path "secret/data/shop/*" {\n  capabilities = ["read"]\n}\n';
    for (const file of ["app.json", "typed.ts", "plain.mjs"])
      expect(await kinko(`policy build ${file}`), file).toMatchObject({ code: 0, stdout: hcl });
    const result = await kinko("policy build typed.ts --format json -o out.json");
    expect(result).toMatchObject({ code: 0, stdout: "" });
    const written = JSON.parse(await readFile(join(cli.directory, "out.json"), "utf8")) as unknown;
    expect(written).toEqual({ path: [{ "secret/data/shop/*": { capabilities: ["read"] } }] });
    expect((await kinko("policy build typed.ts policies")).stdout).toContain(
      "# Policy shop\n\npath",
    );
    expect(Object.keys(json(await kinko("policy build typed.ts policies --json")))).toEqual([
      "typed",
      "shop",
    ]);
    expect((await kinko("policy build typed.ts policies --format json")).code).toBe(2);
  });

  test("shows where an input is no policy, and repeats nothing that a module threw", async () => {
    await write("bad.hcl", 'paht "a" {}\n');
    const syntax = await kinko("policy build bad.hcl");
    expect(syntax.code).toBe(20);
    expect(syntax.stderr).toContain(
      'bad.hcl:1:1: Vault knows no such name here.\npaht "a" {}\n^\n',
    );
    await write("throws.mjs", 'throw new TypeError("s3cret");\n');
    const thrown = await kinko("policy build throws.mjs");
    expect(thrown.code).toBe(20);
    expect(thrown.stderr).toContain("failed while it was loaded (TypeError)");
    expect(thrown.stderr).not.toContain("s3cret");
    await write("nothing.mjs", "export default 7;\n");
    expect((await kinko("policy build nothing.mjs")).stderr).toContain("(policy-module-exports)");
  });
});

describe("kinko policy build without a policy of one's own", () => {
  test("prints presets, whose settings are checked", async () => {
    const application = await kinko("policy build --preset application --set application=shop");
    expect(application).toMatchObject({
      code: 0,
      stdout: 'path "secret/data/prod/shop/*" {\n  capabilities = ["read"]\n}\n',
    });
    const json = await kinko("policy build --preset devops --set mount=kv --format json");
    expect(json.stdout).toContain('"kv/data/*"');
    const isolation =
      "policy build --preset isolation --set environment=dev --set others=prod,test";
    expect((await kinko(isolation)).stdout).toContain('path "secret/data/test/*"');
    for (const preset of ["developer", "global-deny"])
      expect((await kinko(`policy build --preset ${preset}`)).code).toBe(0);
    const base = "policy build --preset environment-base --set environment=prod";
    expect((await kinko(base)).stdout).toContain('path "secret/data/prod/*"');
    expect((await kinko("policy build --preset identity --set folder=users")).stdout).toContain(
      "{{identity.entity.",
    );
  });

  test("gives the least rights of a manifest, for each backend", async () => {
    await write(
      "access.yaml",
      "application: shop\naccess:\n  - secret: prod/shop/db\n  - { folder: prod/shop/keys, operations: [get, list] }\n",
    );
    const vault = await kinko("policy build --manifest access.yaml --set selfService=yes");
    expect(vault).toMatchObject({ code: 0, stderr: "" });
    expect(vault.stdout).toContain('path "secret/data/prod/shop/db" {');
    expect(vault.stdout).toContain('path "auth/token/renew-self" {');
    const aws = "--for aws --set region=eu-central-1 --set accountId=123456789012";
    const iam = await kinko(`policy build --manifest access.yaml ${aws}`);
    expect(json(iam)).toMatchObject({ Version: "2012-10-17" });
    expect(iam.stderr).toContain("warning: wider than asked, on");
    const id = "00000000-0000-0000-0000-000000000001";
    const azure = `--for azure --set subscriptionId=${id} --set resourceGroup=rg --set vaultName=shop-vault --set principalId=${id} --set folders=vault`;
    const roles = json(await kinko(`policy build --manifest access.yaml ${azure}`));
    expect(Object.keys(roles)).toEqual(["roleDefinitions", "roleAssignments"]);
    const gcp =
      "--for gcp --set projectId=my-project --set projectNumber=42 --set member=serviceAccount:a@b.iam.gserviceaccount.com";
    const bindings = json(await kinko(`policy build --manifest access.yaml ${gcp}`));
    expect(Object.keys(bindings)).toEqual(["roles", "bindings"]);
  });

  test("shows where a manifest is wrong", async () => {
    await write("access.yaml", "application: shop\naccess:\n  - { secret: a, operations: [gt] }\n");
    const result = await kinko("policy build --manifest access.yaml");
    expect(result).toMatchObject({ code: 25, stdout: "" });
    expect(result.stderr).toContain("access.yaml:3:");
  });

  test.each([
    ["policy build", "no-source"],
    ["policy build policies --preset devops", "no-source"],
    ["policy build --preset devops --manifest x", "conflicting-options"],
    ["policy build --preset nobody", "invalid-option-value"],
    ["policy build --preset devops --for aws", "unexpected-option"],
    ["policy build policies --set mount=x", "unexpected-option"],
    ["policy build --preset devops --set mont=x", "unknown-setting"],
    ["policy build --preset devops --set constructor=x", "unknown-setting"],
    ["policy build --preset devops --set mount", "unknown-setting"],
    ["policy build --preset devops --set kvVersion=two", "invalid-setting"],
    ["policy build --preset devops --set mount=a --set mount=b", "repeated-option"],
    ["policy build --preset application", "missing-setting"],
    ["policy build --manifest access.yaml --for gcp", "missing-setting"],
  ])("%s is refused", async (line, reason) => {
    const result = await kinko(line);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain(`(${reason})`);
  });

  test("takes no setting that would change what a preset says", async () => {
    const result = await kinko("policy build --preset application --set application=*");
    expect(result).toMatchObject({ code: 20, stdout: "" });
  });
});

test("kinko policy has help and completion like other groups", async () => {
  const help = await kinko("policy --help");
  expect(help.code).toBe(0);
  for (const name of ["build", "lint", "test", "can", "explain", "diff", "plan", "apply"])
    expect(help.stdout).toMatch(new RegExp(`^ {2}${name} `, "mu"));
  expect((await kinko("policy apply")).stderr).toContain("(policies-or-plan)");
  expect((await kinko("policy apply policies --plan x")).stderr).toContain("(policies-or-plan)");
  const pruned = await kinko("policy apply --plan x --prune");
  expect(pruned).toMatchObject({ code: 2, stdout: "" });
  expect(pruned.stderr).toContain("(unexpected-option)");
});
