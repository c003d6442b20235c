import { generateKeyPairSync } from "node:crypto";
import { canaryOf, createCanary } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { uniqueName } from "../engine-store.js";
import { failureOf } from "../failures.js";
import { recordRequests } from "../record-requests.js";
import { createToken } from "../vault-setup.js";
import { openssl, usePki } from "./use-pki.js";

const { vault, rootMount, mount, chain, pki } = usePki();
const canary = createCanary();
const hour = 3_600;

/** A request for a key of this process. */
function makeCsr(subject: string, keyType = "ec"): Promise<string> {
  const key = keyType === "ec" ? "ec -pkeyopt ec_paramgen_curve:P-256" : "rsa:2048";
  const words = `req -new -newkey ${key} -nodes -keyout /dev/null -subj ${subject}`;
  return openssl({}, ...words.split(" "));
}

describe("a chain in one call", () => {
  test("has the lives of ten and five years, and ACME is off", async () => {
    const { root, intermediate } = chain();
    const years = (date: Date): number => (date.getTime() - Date.now()) / (365 * 24 * hour * 1_000);
    expect(years(root.expiresAt)).toBeCloseTo(10, 1);
    expect(years(intermediate.expiresAt)).toBeCloseTo(5, 1);
    expect(await pki().isAcmeEnabled()).toBe(false);
    expect(await pki().readRole("web")).toMatchObject({
      allowedDomains: ["example.com"],
      maxTtlSeconds: 2_160 * hour,
    });
    expect((await pki().readUrls()).ocspServers).toEqual([`${vault.address}/v1/${mount}/ocsp`]);
  });

  test("gives leaves that openssl verifies through the intermediate to the root", async () => {
    const leaf = await pki().issue({
      role: "web",
      commonName: "app.example.com",
      ttlSeconds: hour,
    });
    const files = {
      "root.pem": chain().root.certificate,
      "intermediate.pem": chain().intermediate.certificate,
      "leaf.pem": leaf.certificate,
    };
    const verify = ["verify", "-CAfile", "root.pem", "-untrusted", "intermediate.pem", "leaf.pem"];
    expect(await openssl(files, ...verify)).toBe("leaf.pem: OK\n");
    expect(leaf.chain).toEqual([chain().intermediate.certificate, chain().root.certificate]);
    expect(leaf.privateKey.text()).toMatch(/^-----BEGIN EC PRIVATE KEY-----/u);
    expect(JSON.stringify(leaf)).not.toContain("PRIVATE KEY");
    // Without the intermediate there is no way to the root: the proof proves something.
    await expect(openssl(files, "verify", "-CAfile", "root.pem", "leaf.pem")).rejects.toThrow();
  });

  test("is not put over an authority that is there, and nothing is changed", async () => {
    const other = uniqueName("pki-new");
    const error = await failureOf(
      pki().createChain({
        root: { mount: other, commonName: "Other" },
        intermediate: { mount, commonName: "Other" },
        role: { name: "web", allowedDomains: ["example.com"] },
      }),
      canary,
    );
    expect(error).toMatchObject({ code: "AlreadyExists", reason: "issuer-exists", field: "mount" });
    expect((await vault.request("GET", `sys/mounts/${other}`)).status).toBe(400);
  });

  test("goes on mounts that are enabled already, whatever lives they allowed", async () => {
    const [above, below] = [uniqueName("pki-early"), uniqueName("pki-early-int")];
    onTestFinished(async () => {
      await vault.request("DELETE", `sys/mounts/${above}`);
      await vault.request("DELETE", `sys/mounts/${below}`);
    });
    const longer = 100_000 * hour;
    await vault.request("POST", `sys/mounts/${above}`, { type: "pki" });
    const config = { max_lease_ttl: `${longer}s` };
    await vault.request("POST", `sys/mounts/${below}`, { type: "pki", config });
    const { root } = await pki().createChain({
      root: { mount: above, commonName: "Root" },
      intermediate: { mount: below, commonName: "Intermediate" },
      role: { name: "web", allowedDomains: ["example.com"] },
    });
    expect((root.expiresAt.getTime() - Date.now()) / (hour * 1_000)).toBeGreaterThan(87_500);
    const maximum = async (path: string): Promise<unknown> =>
      (await vault.request("GET", `sys/mounts/${path}/tune`)).body;
    expect(await maximum(above)).toMatchObject({ data: { max_lease_ttl: 87_600 * hour } });
    expect(await maximum(below)).toMatchObject({ data: { max_lease_ttl: longer } });
  });

  test.each([
    ["intermediate.ttlSeconds", { rootTtl: 10 * hour, intermediateTtl: 11 * hour, max: hour }],
    ["role.maxTtlSeconds", { rootTtl: 10 * hour, intermediateTtl: 5 * hour, max: 6 * hour }],
  ])("with %s beyond its issuer is refused before any request", async (field, life) => {
    const requests = recordRequests("/v1/");
    const error = await failureOf(
      pki().createChain({
        root: { mount: "never-a", commonName: "A", ttlSeconds: life.rootTtl },
        intermediate: { mount: "never-b", commonName: "B", ttlSeconds: life.intermediateTtl },
        role: { name: "web", allowedDomains: ["example.com"], maxTtlSeconds: life.max },
      }),
      canary,
    );
    requests.stop();
    expect(error).toMatchObject({ code: "InvalidValue", reason: "ttl-beyond-issuer", field });
    expect(requests.paths).toEqual([]);
  });
});

test("a chain in steps is the same", async () => {
  const [above, below] = [uniqueName("pki-a"), uniqueName("pki-b")];
  onTestFinished(async () => {
    await vault.request("DELETE", `sys/mounts/${above}`);
    await vault.request("DELETE", `sys/mounts/${below}`);
  });
  const [root, intermediate] = [pki().at(above), pki().at(below)];
  expect(await root.enable()).toEqual({ created: true });
  expect(await root.enable()).toEqual({ created: false });
  await intermediate.enable({ maxTtlSeconds: 43_800 * hour });
  const made = await root.createRoot({ commonName: "Root", issuerName: "first", keyType: "rsa" });
  const csr = await intermediate.createIntermediateCsr({ commonName: "Below" });
  const signed = await root.signIntermediate({ csr });
  expect(signed.chain).toEqual([made.certificate]);
  const issuer = await intermediate.setSigned(signed);
  expect(await intermediate.listIssuers()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ id: issuer, isDefault: true, hasKey: true }),
      expect.objectContaining({ isDefault: false, hasKey: false }),
    ]),
  );
  expect(await intermediate.readIssuer()).toEqual({
    certificate: signed.certificate,
    chain: [made.certificate],
  });
  await root.setDefaultIssuer("first");
  const lost = await failureOf(root.setDefaultIssuer("nobody"), canary);
  expect(lost).toMatchObject({ code: "NotFound", reason: "issuer-not-found", field: "issuer" });
  // A certificate that leads to no root of its own is not taken.
  const alone = intermediate.setSigned({ certificate: signed.certificate, chain: [] });
  expect(await failureOf(alone, canary)).toMatchObject({
    code: "Corrupt",
    reason: "chain-no-root",
  });
  const foreign = { certificate: signed.certificate, chain: [chain().root.certificate] };
  expect((await failureOf(intermediate.setSigned(foreign), canary)).reason).toBe("chain-signature");
  const stranger = pki().at(above).setSigned({ certificate: made.certificate, chain: [] });
  await expect(stranger).resolves.toBeDefined();
});

describe("what role or issuer do not allow is refused with the field that asks for it", () => {
  test.each([
    [{ commonName: "app.evil.com" }, "commonName"],
    [{ commonName: "app.example.com", altNames: ["b.evil.com"] }, "altNames"],
    [{ commonName: "app.example.com", uriSans: ["spiffe://a/b"] }, "uriSans"],
    [{ commonName: "app.example.com", ttlSeconds: 2_161 * hour }, "ttlSeconds"],
    [{ commonName: "app.example.com", ttlSeconds: -1 }, "ttlSeconds"],
    [{ commonName: "app.example.com,b.evil.com" }, "commonName"],
    [{ commonName: "app.example.com", altNames: ["a.example.com,evil.com"] }, "altNames"],
    [{ commonName: "app.example.com", ipSans: ["not an ip"] }, "ipSans"],
  ])("%o", async (wish, field) => {
    const before = await pki().listCertificates();
    const error = await failureOf(pki().issue({ role: "web", ...wish }), canary);
    expect(error).toMatchObject({ code: "InvalidValue", field });
    expect(await pki().listCertificates()).toEqual(before);
  });

  test("a life beyond the issuer's", async () => {
    await pki().writeRole("long", {
      allowedDomains: ["example.com"],
      allowSubdomains: true,
      maxTtlSeconds: 43_799 * hour,
    });
    const wish = { role: "long", commonName: "a.example.com", ttlSeconds: 43_799 * hour };
    const ok = await pki().issue(wish);
    expect(ok.serialNumber).toMatch(/:/u);
    await pki().deleteRole("long");
    const gone = await failureOf(pki().issue(wish), canary);
    expect(gone).toMatchObject({ code: "NotFound", reason: "role-not-found", field: "role" });
  });

  test("a role with a life beyond its maximum, or without domains", async () => {
    const long = pki().writeRole("bad", { allowedDomains: ["a"], ttlSeconds: 2_161 * hour });
    expect((await failureOf(long, canary)).field).toBe("ttlSeconds");
    expect((await failureOf(pki().writeRole("bad", {}), canary)).field).toBe("allowedDomains");
    expect(await pki().listRoles()).not.toContain("bad");
  });

  test("a token that may only issue needs no right to read the role", async () => {
    const token = await createToken(vault, { [`${mount}/issue/web`]: ["update"] });
    const wish = { role: "web", commonName: "a.example.com" };
    expect((await pki(token).issue({ ...wish, ttlSeconds: hour })).chain).toHaveLength(2);
    const long = pki(token).issue({ ...wish, ttlSeconds: 2_161 * hour });
    expect(await failureOf(long, canaryOf(token))).toMatchObject({
      code: "InvalidValue",
      reason: "ttl-beyond-role",
      field: "ttlSeconds",
    });
    expect((await failureOf(pki(token).listRoles(), canaryOf(token))).code).toBe(
      "PermissionDenied",
    );
  });
});

describe("a request of one's own", () => {
  test("is signed by a role, and the key never leaves its owner", async () => {
    const signed = await pki().sign({
      role: "web",
      csr: await makeCsr("/CN=app.example.com"),
      commonName: "app.example.com",
    });
    expect(signed).not.toHaveProperty("privateKey");
    expect(signed.chain).toHaveLength(2);
  });

  test("beyond the role is refused", async () => {
    const sign = (csr: string) =>
      failureOf(pki().sign({ role: "web", csr, commonName: "app.example.com" }), canary);
    expect(await sign(await makeCsr("/CN=app.evil.com"))).toMatchObject({
      code: "InvalidValue",
      reason: "name-not-allowed",
    });
    expect(await sign(await makeCsr("/CN=app.example.com", "rsa"))).toMatchObject({
      code: "InvalidValue",
      reason: "key-not-allowed",
      field: "csr",
    });
    const { publicKey } = generateKeyPairSync("ed25519");
    const noCsr = publicKey.export({ type: "spki", format: "pem" }) as string;
    expect((await sign(noCsr)).field).toBe("csr");
  });

  test("is signed as it is only when that is said", async () => {
    const csr = await makeCsr("/CN=anything.at.all");
    const requests = recordRequests(`${mount}/sign-verbatim`);
    const refused = pki().signVerbatim({ csr, acceptAnyContent: false });
    expect((await failureOf(refused, canary)).reason).toBe("verbatim-not-accepted");
    expect(requests.paths).toEqual([]);
    requests.stop();
    const signed = await pki().signVerbatim({ csr, acceptAnyContent: true, ttlSeconds: hour });
    const shown = await openssl(
      { "a.pem": signed.certificate },
      ..."x509 -in a.pem -noout -subject".split(" "),
    );
    expect(shown).toContain("anything.at.all");
  });
});

describe("revocation", () => {
  test("puts a leaf on the list, as openssl reads it", async () => {
    const leaf = await pki().issue({ role: "web", commonName: "old.example.com" });
    const other = await pki().issue({ role: "web", commonName: "new.example.com" });
    expect((await pki().readCertificate(leaf.serialNumber)).revokedAt).toBeUndefined();
    const { revokedAt } = await pki().revoke(leaf.serialNumber);
    expect((await pki().readCertificate(leaf.serialNumber)).revokedAt).toEqual(revokedAt);
    await pki().rotateCrl();
    const crl = await pki().crl();
    const shown = await openssl({ "crl.pem": crl }, ..."crl -in crl.pem -noout -text".split(" "));
    const serial = (number: string): string => number.replaceAll(":", "").toUpperCase();
    expect(shown).toContain(serial(leaf.serialNumber));
    expect(shown).not.toContain(serial(other.serialNumber));
    const files = {
      "root.pem": chain().root.certificate,
      "intermediate.pem": chain().intermediate.certificate,
      "crl.pem": crl,
      "leaf.pem": leaf.certificate,
    };
    const check = "verify -crl_check -CAfile root.pem -untrusted intermediate.pem -CRLfile crl.pem";
    await expect(openssl(files, ...check.split(" "), "leaf.pem")).rejects.toThrow(/revoked/u);
  });

  test("of what was never issued is not found", async () => {
    for (const call of [() => pki().revoke("00:11:22"), () => pki().readCertificate("00:11:22")]) {
      expect(await failureOf(call(), canary)).toMatchObject({
        code: "NotFound",
        reason: "certificate-not-found",
        field: "serialNumber",
      });
    }
    expect((await failureOf(pki().revoke("../crl"), canary)).code).toBe("InvalidValue");
  });

  test("lists, OCSP and their addresses are configured", async () => {
    await pki().configureCrl({
      expirySeconds: 24 * hour,
      autoRebuild: true,
      autoRebuildGraceSeconds: hour,
      ocspExpirySeconds: 2 * hour,
    });
    expect(await pki().readCrlConfig()).toEqual({
      expirySeconds: 24 * hour,
      disabled: false,
      autoRebuild: true,
      autoRebuildGraceSeconds: hour,
      ocspDisabled: false,
      ocspExpirySeconds: 2 * hour,
    });
    await pki().configureCrl({ autoRebuild: false });
    const bad = pki().configureUrls({ ocspServers: ["not a url"] });
    expect((await failureOf(bad, canary)).field).toBe("ocspServers");
    await pki().disableAcme();
    await pki().tidy({ safetyBufferSeconds: 72 * hour });
    const now = pki().tidy({ safetyBufferSeconds: 0 });
    expect((await failureOf(now, canary)).field).toBe("safetyBufferSeconds");
  });
});

test("a mount that is not there says so", async () => {
  const nowhere = pki().at(`${rootMount}-none`);
  for (const call of [
    () => nowhere.issue({ role: "web", commonName: "a.example.com" }),
    () => nowhere.crl(),
    () => nowhere.listIssuers(),
    () => nowhere.createRoot({ commonName: "A" }),
  ]) {
    expect(await failureOf(call(), canary)).toMatchObject({
      code: "Config",
      reason: "mount-not-found",
      field: "mount",
    });
  }
});
