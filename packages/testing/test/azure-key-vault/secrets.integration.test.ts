import { describe, expect, it } from "vitest";
import { FakeClock } from "../../src/index.js";
import { keyVaultLimits } from "../../src/azure-key-vault/index.js";
import { errorOf, startTestVault } from "./support.js";

describe("a secret", () => {
  it("is set and read in the documented shape", async () => {
    const clock = new FakeClock();
    const { server, call } = await startTestVault({ clock });
    const seconds = Math.floor(clock.now() / 1_000);
    const set = await call("PUT", "/secrets/db-password", {
      body: {
        value: "s3cret",
        contentType: "text/plain",
        tags: { owner: "a" },
        attributes: { nbf: 10, exp: 20 },
      },
    });
    expect(set.status).toBe(200);
    expect(set.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(set.headers["x-ms-request-id"]).toMatch(/^[0-9a-f-]{36}$/u);
    const id = String(set.body["id"]);
    expect(id).toMatch(new RegExp(`^${server.url}/secrets/db-password/[0-9a-f]{32}$`, "u"));
    expect(set.body).toEqual({
      value: "s3cret",
      contentType: "text/plain",
      id,
      tags: { owner: "a" },
      attributes: {
        enabled: true,
        nbf: 10,
        exp: 20,
        created: seconds,
        updated: seconds,
        recoveryLevel: "Recoverable+Purgeable",
        recoverableDays: 90,
      },
    });
    expect((await call("GET", "/secrets/db-password")).body).toEqual(set.body);
    expect((await call("GET", "/secrets/db-password/")).body).toEqual(set.body);
    expect((await call("GET", new URL(id).pathname)).body).toEqual(set.body);
  });

  it("gets a new version with each write, and keeps the old ones", async () => {
    const { call } = await startTestVault();
    const first = await call("PUT", "/secrets/a", { body: { value: "1", tags: { t: "1" } } });
    const second = await call("PUT", "/secrets/a", { body: { value: "2" } });
    expect(second.body["id"]).not.toBe(first.body["id"]);
    expect(second.body["tags"]).toBeUndefined();
    expect((await call("GET", "/secrets/a")).body["value"]).toBe("2");
    const old = await call("GET", new URL(String(first.body["id"])).pathname);
    expect(old.body).toMatchObject({ value: "1", tags: { t: "1" } });
  });

  it("has a name whose case does not matter", async () => {
    const { call } = await startTestVault();
    await call("PUT", "/secrets/MySecret", { body: { value: "1" } });
    await call("PUT", "/secrets/mysecret", { body: { value: "2" } });
    expect((await call("GET", "/secrets/MYSECRET")).body["value"]).toBe("2");
    expect((await call("GET", "/secrets")).body["value"]).toHaveLength(1);
  });

  it.each([
    ["GET", "/secrets/missing"],
    ["GET", `/secrets/missing/${"0".repeat(32)}`],
    ["DELETE", "/secrets/missing"],
    ["GET", "/deletedsecrets/missing"],
    ["POST", "/deletedsecrets/missing/recover"],
    ["DELETE", "/deletedsecrets/missing"],
    ["POST", "/secrets/missing/backup"],
  ])("that is not there is SecretNotFound: %s %s", async (method, path) => {
    const { call } = await startTestVault();
    const answer = await call(method, path);
    expect(answer.status).toBe(404);
    expect(errorOf(answer)).toEqual({ code: "SecretNotFound", inner: undefined });
  });

  it("is disabled and enabled version by version, and refused while disabled", async () => {
    const { call } = await startTestVault();
    const first = await call("PUT", "/secrets/a", { body: { value: "1" } });
    await call("PUT", "/secrets/a", { body: { value: "2", attributes: { enabled: false } } });
    const refused = await call("GET", "/secrets/a");
    expect(refused.status).toBe(403);
    expect(errorOf(refused)).toEqual({ code: "Forbidden", inner: "SecretDisabled" });
    const path = new URL(String(first.body["id"])).pathname;
    expect((await call("GET", path)).status).toBe(200);
    const changed = await call("PATCH", path, {
      body: { attributes: { enabled: false, exp: 99 }, contentType: "x", tags: { a: "b" } },
    });
    expect(changed.body).toMatchObject({
      contentType: "x",
      tags: { a: "b" },
      attributes: { enabled: false, exp: 99 },
    });
    expect(changed.body["value"]).toBeUndefined();
    expect((await call("GET", path)).status).toBe(403);
  });

  it("is read before and after its dates, which only inform", async () => {
    const { call } = await startTestVault();
    await call("PUT", "/secrets/a", { body: { value: "1", attributes: { exp: 1 } } });
    await call("PUT", "/secrets/b", { body: { value: "2", attributes: { nbf: 4_000_000_000 } } });
    expect((await call("GET", "/secrets/a")).body["value"]).toBe("1");
    expect((await call("GET", "/secrets/b")).body["value"]).toBe("2");
  });

  it("is backed up as a sealed block and restored with all versions", async () => {
    const backupKey = Buffer.alloc(32, 1);
    const { call } = await startTestVault({ backupKey });
    await call("PUT", "/secrets/a", { body: { value: "canary" } });
    await call("PUT", "/secrets/a", { body: { value: "canary 2" } });
    const { body } = await call("POST", "/secrets/a/backup");
    expect(Buffer.from(String(body["value"]), "base64url").includes("canary")).toBe(false);
    const again = await call("POST", "/secrets/restore", { body });
    expect([again.status, errorOf(again).code]).toEqual([409, "Conflict"]);
    const same = await startTestVault({ backupKey });
    expect((await same.call("POST", "/secrets/restore", { body })).status).toBe(200);
    expect((await same.call("GET", "/secrets/a")).body["value"]).toBe("canary 2");
    expect((await same.call("GET", "/secrets/a/versions")).body["value"]).toHaveLength(2);
    const other = await startTestVault();
    const refused = await other.call("POST", "/secrets/restore", { body });
    expect([refused.status, errorOf(refused).code]).toEqual([400, "BadParameter"]);
  });
});

describe("limits", () => {
  const { maxNameLength, maxValueBytes, maxTags, maxTagNameLength, maxTagValueLength } =
    keyVaultLimits;
  const tags = (count: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`t${n}`, "x"]));

  it.each([
    ["the longest name", "n".repeat(maxNameLength), { value: "" }],
    ["the largest value", "a", { value: "é".repeat(maxValueBytes / 2) }],
    ["the most tags", "a", { value: "", tags: tags(maxTags) }],
    [
      "the longest tag",
      "a",
      { value: "", tags: { ["n".repeat(maxTagNameLength)]: "v".repeat(maxTagValueLength) } },
    ],
    ["the longest content type", "a", { value: "", contentType: "c".repeat(255) }],
  ])("take %s", async (_what, name, body) => {
    const { call } = await startTestVault();
    expect((await call("PUT", `/secrets/${name}`, { body })).status).toBe(200);
  });

  it.each([
    ["a longer name", "n".repeat(maxNameLength + 1), { value: "" }],
    ["other characters in a name", "a_b", { value: "" }],
    ["encoded ones", "a%20b", { value: "" }],
    ["no value", "a", {}],
    ["a value that is no text", "a", { value: 7 }],
    ["a larger value", "a", { value: `${"é".repeat(maxValueBytes / 2)}x` }],
    ["more tags", "a", { value: "", tags: tags(maxTags + 1) }],
    ["a longer tag", "a", { value: "", tags: { ["n".repeat(maxTagNameLength + 1)]: "" } }],
    ["a longer text of a tag", "a", { value: "", tags: { a: "v".repeat(maxTagValueLength + 1) } }],
    ["a tag that is no text", "a", { value: "", tags: { a: 1 } }],
    ["a longer content type", "a", { value: "", contentType: "c".repeat(256) }],
    ["dates that are none", "a", { value: "", attributes: { exp: "tomorrow" } }],
    ["a body that is no JSON", "a", "{oops"],
    ["a body that is no object", "a", "[]"],
    ["no body, as when a client loses it", "a", undefined],
  ])("refuse %s with 400 BadParameter, and keep nothing", async (_what, name, body) => {
    const { call } = await startTestVault();
    const answer = await call("PUT", `/secrets/${name}`, { body });
    expect(answer.status).toBe(400);
    expect(errorOf(answer).code).toBe("BadParameter");
    expect((await call("GET", "/secrets")).body["value"]).toEqual([]);
  });

  it("of rates are kept when asked for: 300 secrets set and 4,000 others in 10 seconds", async () => {
    const clock = new FakeClock();
    const { call } = await startTestVault({ clock, enforceRates: true });
    for (let n = 0; n < 300; n += 1) await call("PUT", "/secrets/a", { body: { value: "x" } });
    const refused = await call("PUT", "/secrets/a", { body: { value: "x" } });
    expect(refused.status).toBe(429);
    expect(errorOf(refused).code).toBe("Throttled");
    expect(refused.headers["retry-after"]).toBe("10");
    expect((await call("GET", "/secrets/a")).status).toBe(200);
    await clock.advance(10_000);
    expect((await call("PUT", "/secrets/a", { body: { value: "x" } })).status).toBe(200);
  });
});
