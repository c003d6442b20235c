import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readPolicyFolder } from "../../src/policies/index.js";

const good = 'path "a" { capabilities = ["read"] }\n';

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kinko-policies-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

describe("a folder of policies", () => {
  test("has one for each file of HCL or JSON, and nothing of what else is there", async () => {
    const folder = await folderWith({
      "ops.json": '{"path":{"b":{"capabilities":["list"]}}}',
      "app.hcl": good,
      "README.md": "#",
      ".hidden.hcl": "no policy",
      "app.policy-test.yaml": "tests: []",
    });
    await mkdir(join(folder, "old.hcl"));
    const { policies, problems } = await readPolicyFolder(folder);
    expect(problems).toEqual([]);
    expect(policies.map(({ name, policy }) => [name, policy])).toEqual([
      ["app", good],
      ["ops", '{"path":{"b":{"capabilities":["list"]}}}'],
    ]);
    expect(policies[0]?.document.rules[0]?.path).toBe("a");
  });

  test("tells every file that is no policy, each with its line and column", async () => {
    const folder = await folderWith({ "a.hcl": 'path "a" {', "b.hcl": good, "c.hcl": "\n\npaht" });
    const { policies, problems } = await readPolicyFolder(folder);
    expect(policies.map(({ name }) => name)).toEqual(["b"]);
    expect(problems.map(({ file, error }) => [file, error.line])).toEqual([
      [join(folder, "a.hcl"), 1],
      [join(folder, "c.hcl"), 3],
    ]);
  });

  test.each([
    ["that has two files for one policy", { "a.hcl": good, "a.json": "{}" }, "duplicate-policy"],
    ["that has a name which Vault would change", { "App.hcl": good }, "invalid-policy-name"],
    ["without policies", { "README.md": "#" }, "no-policies"],
  ])("%s is refused", async (_what, files, reason) => {
    await expect(readPolicyFolder(await folderWith(files))).rejects.toMatchObject({
      code: "InvalidValue",
      reason,
    });
  });
});
