import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startOwnVault } from "@kinko/servers/vitest";
import { canaryOf, expectClean } from "@kinko/testing";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { runCli, type CliResult } from "../support/cli.js";

// Its own: what a change opens depends on all policies of a server.
const vault = await startOwnVault();
let directory: string;
/** A policy that no other test has. */
let name: string;

const reads = 'path "secret/data/shop/*" {\n  capabilities = ["read"]\n}\n';
const writes = reads.replace('"read"', '"read", "update"');

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "kinko-cli-policy-"));
  name = `shop-${randomBytes(6).toString("hex")}`;
  onTestFinished(async () => {
    await rm(directory, { recursive: true });
    await vault.request("DELETE", `sys/policies/acl/${name}`);
  });
  await mkdir(join(directory, "policies"));
  await writeFile(join(directory, "kinko.config.yaml"), "provider: vault\n");
  await write(reads);
});

const write = (text: string): Promise<void> =>
  writeFile(join(directory, "policies", `${name}.hcl`), text);

const onServer = async (): Promise<unknown> => {
  const { status, body } = await vault.request("GET", `sys/policies/acl/${name}`);
  return status === 404 ? undefined : (body as { data: { policy: string } }).data.policy;
};

async function kinko(line: string): Promise<CliResult> {
  const result = await runCli(line.split(" "), {
    directory,
    env: { VAULT_ADDR: vault.address, VAULT_TOKEN: vault.rootToken },
    importProvider: (provider) =>
      provider === "@kinko/provider-vault" ? import("@kinko/provider-vault") : undefined,
  });
  for (const text of [result.stdout, result.stderr]) expectClean(text, canaryOf(vault.rootToken));
  return result;
}

const json = (result: CliResult): Record<string, unknown> => JSON.parse(result.stdout) as never;

describe("kinko policy", () => {
  test("plans, applies and finds nothing more to do", async () => {
    const plan = await kinko("policy plan policies");
    expect(plan.code).toBe(0);
    expect(plan.stdout).toContain(`+ create ${name}\n    + path "secret/data/shop/*" {`);
    expect(plan.stdout).toContain("  opens  secret/data/shop/*: read\n");
    expect(await onServer()).toBeUndefined();
    const dry = await kinko("policy apply policies --dry-run");
    expect(dry.stderr).toContain(`Would apply ${name}.`);
    expect(await onServer()).toBeUndefined();
    const unsure = await kinko("policy apply policies");
    expect(unsure.code).toBe(29);
    expect(unsure.stdout).toContain("Tokens, roles and groups may name it already");
    expect(await onServer()).toBeUndefined();
    expect((await kinko("policy apply policies --yes")).code).toBe(0);
    expect(await onServer()).toBe(reads);
    await write(`# a remark\n${reads.replace("\n}", " }")}`);
    const again = await kinko("policy diff policies --check");
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain("Nothing to change; 1 the same");
  });

  test("asks before it opens or removes something, and says what", async () => {
    await kinko("policy apply policies --yes");
    await write(writes);
    const unsure = await kinko("policy apply policies");
    expect(unsure.code).toBe(29);
    expect(unsure.stdout).toContain("  opens  secret/data/shop/*: update\n");
    expect(await onServer()).toBe(reads);
    const done = await kinko("policy apply policies --yes --json");
    expect(json(done)).toEqual({
      applied: [name],
      already: [],
      changes: [expect.objectContaining({ name, action: "change" })],
      needsConfirmation: [name],
      dryRun: false,
    });
    expect(await onServer()).toBe(writes);
    await write(reads);
    expect((await kinko("policy apply policies")).code).toBe(0);
    expect(await onServer()).toBe(reads);
  });

  test("removes what no file has only with --prune, and never default", async () => {
    const other = `${name}-other`;
    await vault.request("PUT", `sys/policies/acl/${other}`, { policy: reads });
    expect((await kinko("policy apply policies --yes")).stdout).toContain(
      "on the server left alone",
    );
    const pruned = await kinko("policy apply policies --prune --yes --json");
    expect(json(pruned)).toMatchObject({ applied: [other], needsConfirmation: [other] });
    const { body } = await vault.request("GET", "sys/policies/acl?list=true");
    expect((body as { data: unknown }).data).toMatchObject({ keys: ["default", name, "root"] });
  });

  test("shows drift, and exits with 1 when it is to be checked", async () => {
    await kinko("policy apply policies --yes");
    await vault.request("PUT", `sys/policies/acl/${name}`, { policy: writes });
    const drift = await kinko("policy diff policies --check");
    expect(drift.code).toBe(1);
    expect(drift.stdout).toContain('    -   capabilities = ["read", "update"]\n');
    expect(drift.stdout).toContain('    +   capabilities = ["read"]\n');
    expect((await kinko("policy diff policies")).code).toBe(0);
    const { changes } = json(await kinko("policy diff policies --json"));
    expect(changes).toMatchObject([{ name, action: "change", needsConfirmation: false }]);
  });

  test("applies a plan of a file, unless the server changed meanwhile", async () => {
    await kinko("policy apply policies --yes");
    await write(writes);
    expect((await kinko("policy plan policies -o kept.json")).code).toBe(0);
    const kept = await readFile(join(directory, "kept.json"), "utf8");
    expect((await kinko("policy apply --plan kept.json")).code).toBe(29);
    await vault.request("PUT", `sys/policies/acl/${name}`, {
      policy: 'path "x" { policy = "read" }',
    });
    const drifted = await kinko("policy apply --plan kept.json --yes");
    expect(drifted.code).toBe(9);
    expect(drifted.stderr).toContain("(policy-drift)");
    await vault.request("PUT", `sys/policies/acl/${name}`, { policy: reads });
    expect((await kinko("policy apply --plan kept.json --yes")).code).toBe(0);
    expect(await onServer()).toBe(writes);
    expect((await kinko("policy apply --plan kept.json --yes")).stderr).toContain(
      "1 were so already",
    );
    const forged = kept.replace('"needsConfirmation": true', '"needsConfirmation": false');
    await writeFile(join(directory, "kept.json"), forged);
    await vault.request("PUT", `sys/policies/acl/${name}`, { policy: reads });
    expect((await kinko("policy apply --plan kept.json")).code).toBe(29);
  });

  test("shows of a plan of a file what it opens on this server, with other policies, as it asks for that", async () => {
    const other = `${name}-other`;
    onTestFinished(async () => {
      await vault.request("DELETE", `sys/policies/acl/${other}`);
    });
    await kinko("policy apply policies --yes");
    await write('path "a" {\n  capabilities = ["read"]\n}\n');
    await kinko("policy plan policies -o kept.json");
    const kept = JSON.parse(await readFile(join(directory, "kept.json"), "utf8")) as {
      readonly changes: readonly object[];
    };
    expect(kept.changes).toMatchObject([{ together: [] }]);
    // What the plan's maker could not know: another policy, that a token may have too.
    const wide = 'path "secret/data/*" { capabilities = ["update"] }';
    await vault.request("PUT", `sys/policies/acl/${other}`, { policy: wide });
    const opening = `  opens  secret/data/shop/*: update, for tokens with ${other} too\n`;
    const unsure = await kinko("policy apply --plan kept.json");
    expect(unsure.code).toBe(29);
    expect(unsure.stdout).toContain(opening);
    const dry = await kinko("policy apply --plan kept.json --dry-run");
    expect(dry).toMatchObject({ code: 0, stdout: unsure.stdout });
    expect(json(await kinko("policy apply --plan kept.json --dry-run --json"))).toMatchObject({
      applied: [name],
      changes: [{ name, together: [{ with: other, opens: ["update"] }] }],
      dryRun: true,
    });
    expect(await onServer()).toBe(reads);
    const done = await kinko("policy apply --plan kept.json --yes");
    expect(done).toMatchObject({ code: 0, stdout: unsure.stdout });
  });

  test("checks files before it asks Vault anything", async () => {
    await write('path "a" {');
    const result = await kinko("policy plan policies --store none");
    expect(result.code).toBe(20);
    expect(result.stderr).toContain(`policies/${name}.hcl:1:`);
  });
});
