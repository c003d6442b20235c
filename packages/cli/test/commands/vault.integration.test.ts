import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKvMount, realVault } from "@kinko/servers/vitest";
import { canaryOf, createCanary, expectClean, type Canary } from "@kinko/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { runCli, type CliResult, type CliRunOptions } from "../support/cli.js";

const vault = realVault();
const mount = createKvMount({ version: 2 });
const canary = createCanary();
const unique = randomBytes(6).toString("hex");
let directory: string;

beforeAll(async () => {
  await vault.request("POST", `${mount}/data/app`, { data: { password: canary.value } });
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "kinko-cli-vault-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const config = `provider: vault\nproviders:\n  vault:\n    mount: ${mount}\n`;
  await writeFile(join(directory, "kinko.config.yaml"), config);
});

async function kinko(line: string, options: CliRunOptions = {}): Promise<CliResult> {
  const result = await runCli(line.split(" "), {
    ...options,
    directory,
    env: { VAULT_ADDR: vault.address, VAULT_TOKEN: vault.token },
    importProvider: (name) =>
      name === "@kinko/provider-vault" ? import("@kinko/provider-vault") : undefined,
  });
  for (const secret of [canary, canaryOf(vault.token)]) expectClean(result.stderr, secret);
  return result;
}

const at = (name: string): string => join(directory, name);
const parse = (text: string): Record<string, unknown> => JSON.parse(text) as never;

describe("kinko wrap and unwrap", () => {
  test("hand a secret over once, and the second one to open it learns of the first", async () => {
    const wrapped = await kinko("wrap app --ttl 60s");
    expect(wrapped).toMatchObject({ code: 0 });
    expectClean(wrapped.stdout, canary);
    const token = wrapped.stdout;
    expectClean(wrapped.stderr, canaryOf(token.trim()));
    const looked = await kinko("unwrap --lookup --json", { stdin: token });
    expect(parse(looked.stdout)).toMatchObject({ creationPath: "sys/wrapping/wrap" });
    const nowhere = await kinko("unwrap", { stdin: token });
    expect(nowhere).toMatchObject({ code: 2, stdout: "" });
    const foreign = await kinko("unwrap --reveal --expect-path secret/*", { stdin: token });
    expect(foreign.stderr).toContain("(wrapping-token-foreign)");
    const opened = await kinko("unwrap --reveal", { stdin: token });
    expect(parse(opened.stdout)).toEqual({ password: canary.value });
    const again = await kinko("unwrap --reveal", { stdin: token });
    expect(again).toMatchObject({ stdout: "" });
    expect(again.code).not.toBe(0);
    expect(again.stderr).toContain("(wrapping-token-used)");
    expectClean(again.stderr, canaryOf(token.trim()));
  });

  test("take what comes on stdin, and leave files that only their owner can read", async () => {
    await kinko("wrap --stdin --out token", { stdin: `${canary.value}\n` });
    expect((await stat(at("token"))).mode & 0o777).toBe(0o600);
    const token = await readFile(at("token"), "utf8");
    expect((await kinko("unwrap --out value", { stdin: token })).stdout).not.toContain(
      canary.value,
    );
    expect(parse(await readFile(at("value"), "utf8"))).toEqual({ value: canary.value });
    expect((await stat(at("value"))).mode & 0o777).toBe(0o600);
  });

  test("never take the token as an argument", async () => {
    const result = await kinko(`unwrap ${canary.value}`);
    expect(result.code).toBe(2);
    expect((await kinko("wrap")).code).toBe(2);
  });
});

describe("kinko vault token", () => {
  test("makes, looks up, renews and revokes, and shows a token only with --reveal", async () => {
    const masked = await kinko("vault token create --ttl 10m --json");
    expect(parse(masked.stdout)).toMatchObject({ type: "service", ttlSeconds: 600 });
    expect(masked.stdout).not.toMatch(/hvs\./u);
    const made = await kinko("vault token create --ttl 10m --reveal");
    expect(made.stdout).toMatch(/^hvs\.\S+\n$/u);
    const token: Canary = canaryOf(made.stdout.trim());
    const found = await kinko("vault token lookup --json", { stdin: made.stdout });
    expectClean(found.stdout, token);
    const { accessor } = parse(found.stdout);
    const renewed = await kinko("vault token renew --ttl 20m --json", { stdin: made.stdout });
    expect(parse(renewed.stdout)).toMatchObject({ ttlSeconds: 1_200 });
    expect((await kinko(`vault token revoke --accessor ${String(accessor)}`)).code).not.toBe(0);
    expect((await kinko(`vault token revoke --accessor ${String(accessor)} --yes`)).code).toBe(0);
    const gone = await kinko("vault token lookup", { stdin: made.stdout });
    expect(gone).toMatchObject({ code: 3, stdout: "" });
    expectClean(gone.stderr, token);
    expect((await kinko("vault token lookup --self --json")).code).toBe(0);
  });

  test("refuses to renew a batch token", async () => {
    const made = await kinko("vault token create --type batch --ttl 5m --policy x --out token");
    expect(made.code).toBe(0);
    const stdin = await readFile(at("token"), "utf8");
    const refused = await kinko("vault token renew", { stdin });
    expect(refused.stderr).toContain("(batch-token-not-renewable)");
    expectClean(refused.stderr, canaryOf(stdin));
  });

  test("administers roles", async () => {
    const name = `cli-${unique}`;
    expect((await kinko(`vault token role write ${name} --policy x --orphan`)).code).toBe(0);
    const shown = await kinko(`vault token role show ${name} --json`);
    expect(parse(shown.stdout)).toMatchObject({ allowedPolicies: ["x"], defaultPolicy: false });
    expect((await kinko("vault token role list")).stdout).toContain(`${name}\n`);
    await kinko(`vault token role delete ${name} --yes`);
    expect((await kinko(`vault token role show ${name}`)).code).toBe(3);
  });
});

describe("kinko pki", () => {
  const mounts = { root: `pki-${unique}`, below: `pki-int-${unique}` };
  const onMount = `--mount ${mounts.below}`;
  beforeAll(async () => {
    const made = await runCli(
      `pki init --domain example.com --root-mount ${mounts.root} ${onMount}`.split(" "),
      {
        directory: tmpdir(),
        env: {
          VAULT_ADDR: vault.address,
          VAULT_TOKEN: vault.token,
          KINKO_PROVIDER: "vault",
        },
        importProvider: (name) =>
          name === "@kinko/provider-vault" ? import("@kinko/provider-vault") : undefined,
      },
    );
    expect(made).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    for (const path of Object.values(mounts)) await vault.request("DELETE", `sys/mounts/${path}`);
  });

  test("issues into files, the key for its owner alone, and revokes", async () => {
    const nowhere = await kinko(`pki issue web app.example.com ${onMount}`);
    expect(nowhere).toMatchObject({ code: 2, stdout: "" });
    const made = await kinko(`pki issue web app.example.com --out app --json ${onMount}`);
    expect(made.code).toBe(0);
    expect(made.stdout + made.stderr).not.toContain("PRIVATE KEY");
    expect(await readFile(at("app.key"), "utf8")).toContain("PRIVATE KEY");
    expect((await stat(at("app.key"))).mode & 0o777).toBe(0o600);
    expect((await readFile(at("app.crt"), "utf8")).match(/BEGIN/gu)).toHaveLength(2);
    const serial = String(parse(made.stdout)["serialNumber"]);
    expect((await kinko(`pki list ${onMount}`)).stdout).toContain(`${serial}\n`);
    expect((await kinko(`pki revoke ${serial} --dry-run ${onMount}`)).code).toBe(0);
    const revoked = await kinko(`pki revoke ${serial} --yes --json ${onMount}`);
    expect(parse(revoked.stdout)).toMatchObject({ serialNumber: serial });
    expect((await kinko(`pki crl --rotate ${onMount}`)).stdout).toMatch(/^-----BEGIN X509 CRL/u);
  });

  test("refuses what the role does not allow, and says which field", async () => {
    const refused = await kinko(`pki issue web app.evil.com --reveal ${onMount}`);
    expect(refused).toMatchObject({ stdout: "" });
    expect(refused.stderr).toContain("(name-not-allowed)");
    const again = await kinko(
      `pki init --domain a.com --root-mount ${mounts.root} --mount ${mounts.below}`,
    );
    expect(again.stderr).toContain("(issuer-exists)");
  });

  test("administers roles", async () => {
    await kinko(`pki role write api --domain api.example.com --bare-domains ${onMount}`);
    const shown = await kinko(`pki role show api --json ${onMount}`);
    expect(parse(shown.stdout)).toMatchObject({ allowedDomains: ["api.example.com"] });
    expect((await kinko(`pki role list ${onMount}`)).stdout).toBe("api\nweb\n");
    await kinko(`pki role delete api --yes ${onMount}`);
    expect((await kinko(`pki role list ${onMount}`)).stdout).toBe("web\n");
  });
});

test("kinko vault kv enables an engine with rules, shows and changes them", async () => {
  const path = `kv-${unique}`;
  onTestFinished(async () => void (await vault.request("DELETE", `sys/mounts/${path}`)));
  const rules = "--max-versions 10 --cas-required yes --delete-after 90d";
  const made = await kinko(`vault kv enable ${path} ${rules} --json`);
  expect(parse(made.stdout)).toEqual({
    mount: path,
    created: true,
    maxVersions: 10,
    casRequired: true,
    deleteVersionAfterSeconds: 90 * 86_400,
  });
  await kinko(`vault kv config ${path} app --max-versions 3`);
  const one = await kinko(`vault kv config ${path} app --json`);
  expect(parse(one.stdout)).toMatchObject({ maxVersions: 3 });
  const all = await kinko(`vault kv config ${path} --json`);
  expect(parse(all.stdout)).toMatchObject({ maxVersions: 10, casRequired: true });
  expect((await kinko(`vault kv tune ${path} --max-ttl 1h`)).code).toBe(0);
});

test("kinko vault auth enables and lists methods", async () => {
  const path = `approle-${unique}`;
  onTestFinished(async () => void (await vault.request("DELETE", `sys/auth/${path}`)));
  const made = await kinko(`vault auth enable approle --path ${path} --json`);
  expect(parse(made.stdout)).toEqual({ type: "approle", path, created: true });
  expect((await kinko("vault auth list --plain")).stdout).toContain(`${path}\tapprole\t`);
});

test("kinko vault namespace says that open source has none", async () => {
  const failed = await kinko("vault namespace list");
  expect(failed).toMatchObject({ stdout: "" });
  expect(failed.stderr).toContain("(enterprise-only)");
});
