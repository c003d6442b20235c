import { createHmac } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startOwnVault } from "@kinko/servers/vitest";
import { beforeAll, expect, test } from "vitest";
import { adminOverrideLayer, printPolicy } from "../../../src/policies/index.js";
import { openEngines } from "../../engine-store.js";

const vault = await startOwnVault();
const { fetch: send } = globalThis;
const layer = adminOverrideLayer({
  environment: "production",
  mfaMethods: ["totp"],
  ttlSeconds: 600,
  paths: [{ path: "sys/policies/acl/*", capabilities: ["read"] }],
});
const policyPath = `sys/policies/acl/${layer.name}`;
const password = "a password of a test";
let auditFile = "";

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "kinko-override-"));
  auditFile = join(folder, "audit.log");
  await ok("POST", "sys/audit/file", { type: "file", options: { file_path: auditFile } });
  await ok("PUT", policyPath, { policy: printPolicy(layer.policy) });
  return () => rm(folder, { recursive: true });
});

async function ok(...request: Parameters<typeof vault.request>) {
  const answer = await vault.request(...request);
  expect([...request.slice(0, 2), answer.status < 300]).toEqual([...request.slice(0, 2), true]);
  return answer.body as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
}

/** The status of a read with this token. */
async function read(path: string, token: string): Promise<number> {
  const headers = { "X-Vault-Token": token };
  return (await send(`${vault.address}/v1/${path}`, { headers })).status;
}

/** Whatever the audit log has of requests for a path. */
async function audited(path: string): Promise<readonly Record<string, unknown>[]> {
  const lines = (await readFile(auditFile, "utf8")).trim().split("\n");
  return lines
    .map((line) => JSON.parse(line) as Record<string, Readonly<Record<string, unknown>>>)
    .filter((entry) => entry["request"]?.["path"] === path)
    .map((entry) => entry["auth"] ?? {});
}

test("an override's token has its short life, no renewal, and who and why in each line of the audit log", async () => {
  const store = openEngines({ address: vault.address, token: vault.rootToken });
  const tokens = store.as("tokens");
  const reason = { operator: "alice", ticket: "INC-7" };
  const { token, ...made } = await tokens.create(layer.token(reason));
  using secret = token;
  expect(made).toMatchObject({ type: "service", policies: [layer.name], renewable: false });
  const own = openEngines({ address: vault.address, token: secret.text() }).as("tokens");
  await expect(own.renewSelf()).rejects.toMatchObject({ code: "PermissionDenied" });
  const info = await tokens.lookup(secret);
  expect(info).toMatchObject({ explicitMaxTtlSeconds: 600, creationTtlSeconds: 600 });
  expect(await read(policyPath, secret.text())).toBe(200);
  expect(await read("sys/mounts", secret.text())).toBe(403);
  for (const path of [policyPath, "sys/mounts"]) {
    const entries = (await audited(path)).filter((auth) => auth["display_name"] !== "root");
    expect(entries.length).toBeGreaterThan(0);
    for (const auth of entries)
      expect(auth).toMatchObject({ display_name: "token-override-alice", metadata: reason });
  }
});

test("open source takes the rules' MFA methods and does not ask for them", async () => {
  const { body } = await vault.request("POST", "auth/token/create", { policies: [layer.name] });
  const { client_token: token } = body["auth"] as { readonly client_token: string };
  expect(await read(policyPath, token)).toBe(200);
});

test("with MFA at login, the group that has the override gets a token only with the right code", async () => {
  await ok("POST", "sys/auth/people", { type: "userpass" });
  const accessor = textOf(await ok("GET", "sys/auth/people"), "accessor");
  await ok("POST", "auth/people/users/alice", { password, token_no_default_policy: true });
  await ok("POST", "auth/people/users/bob", { password, token_no_default_policy: true });
  const entity = textOf(await ok("POST", "identity/entity", { name: "alice" }), "id");
  await ok("POST", "identity/entity-alias", {
    name: "alice",
    canonical_id: entity,
    mount_accessor: accessor,
  });
  const administrators = { member_entity_ids: [entity], policies: [layer.name] };
  const group = textOf(await ok("POST", "identity/group", administrators), "id");
  const totp = { issuer: "kinko", algorithm: "SHA1", digits: 6, period: 30 };
  const method = textOf(await ok("POST", "identity/mfa/method/totp", totp), "method_id");
  const { path, body } = layer.loginMfa([method], [group]);
  await ok("POST", path, body);
  const url = textOf(
    await ok("POST", "identity/mfa/method/totp/admin-generate", {
      method_id: method,
      entity_id: entity,
    }),
    "url",
  );
  const key = new URL(url).searchParams.get("secret") ?? "";

  const half = await ok("POST", "auth/people/login/alice", { password });
  expect(half["auth"]?.["client_token"]).toBe("");
  const { mfa_request_id: id } = (half["auth"]?.["mfa_requirement"] ?? {}) as Record<
    string,
    string
  >;
  const validate = (code: string) =>
    vault.request("POST", "sys/mfa/validate", {
      mfa_request_id: id,
      mfa_payload: { [method]: [code] },
    });
  const code = totpCode(key, Date.now());
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
  expect((await validate(wrong)).status).toBe(403);
  const whole = await validate(code);
  expect(whole.status).toBe(200);
  const { client_token: token } = whole.body["auth"] as { readonly client_token: string };
  expect(await read(policyPath, token)).toBe(200);

  const other = await ok("POST", "auth/people/login/bob", { password });
  expect(await read(policyPath, String(other["auth"]?.["client_token"]))).toBe(403);
});

/** The code of a time-based one-time password. Source: RFC 6238. */
function totpCode(base32: string, nowMs: number): string {
  const bits = Array.from(base32)
    .map((letter) =>
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
    )
    .join("");
  const key = Buffer.from(bits.match(/.{8}/gu)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(nowMs / 30_000)));
  const hash = createHmac("sha1", key).update(counter).digest();
  const offset = hash.readUInt8(19) & 0x0f;
  return String((hash.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, "0");
}

/** A text of an answer's data. */
function textOf(answer: Awaited<ReturnType<typeof ok>>, name: string): string {
  const text = answer["data"]?.[name];
  return typeof text === "string" ? text : expect.unreachable(name);
}
