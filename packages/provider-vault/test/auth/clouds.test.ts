import { generateKeyPairSync, verify } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { resolveAuth, type LoginSettings } from "../../src/auth/auth-settings.js";
import { awsIam } from "../../src/auth/methods/aws.js";
import { azureIdentity } from "../../src/auth/methods/azure.js";
import { googleIdentity } from "../../src/auth/methods/gcp.js";
import type { VaultAuthOptions } from "../../src/auth/options.js";
import { json, startCanned } from "../canned-server.js";
import { fakeVault, grant } from "./fake-vault.js";

// The metadata services and Vault's answers are stand-ins here, shaped as the clouds and Vault
// document them: none of these clouds is to be had. AWS's login is also tested against a real Vault.
const canary = createCanary();
const { signal } = new AbortController();

function settings<Method extends LoginSettings["method"]>(
  options: VaultAuthOptions & { readonly method: Method },
): Extract<LoginSettings, { readonly method: Method }> {
  return resolveAuth(options, {
    env: {},
    hasClientCertificate: false,
    absolute: (file) => file,
    parseMount: (mount) => mount,
    refuse: (reason) => new Error(reason),
  }) as Extract<LoginSettings, { readonly method: Method }>;
}

async function keyFile(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kinko-gcp-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "key.json");
  await writeFile(file, content, { mode: 0o600 });
  return file;
}

function bodyOf(seen: readonly { readonly body: unknown }[]): Record<string, string> {
  return seen.at(-1)?.body as Record<string, string>;
}

describe("Azure", () => {
  test.each([
    [{ name: "vm-1", vmScaleSetName: "" }, { vm_name: "vm-1" }],
    [{ name: "set_1", vmScaleSetName: "set" }, { vmss_name: "set" }],
  ])("hands Vault the machine's identity and place (case %#)", async (names, expected) => {
    const service = await startCanned((request, response) => {
      expect(request.headers["metadata"]).toBe("true");
      const url = new URL(request.url ?? "", "http://localhost");
      if (url.pathname === "/metadata/identity/oauth2/token") {
        expect(Object.fromEntries(url.searchParams)).toEqual({
          "api-version": "2018-02-01",
          resource: "https://management.azure.com/",
          client_id: "c",
        });
        json(response, 200, { access_token: canary.value });
      } else json(response, 200, { subscriptionId: "s", resourceGroupName: "g", ...names });
    });
    const { dependencies, seen } = fakeVault(() => grant("t", 60));
    const method = azureIdentity(
      settings({ method: "azure", role: "r", clientId: "c", metadataAddress: service.address }),
      dependencies,
    );
    expect(await method.login(signal)).toMatchObject({ token: "t", ttlSeconds: 60 });
    expect(seen[0]?.path).toBe("auth/azure/login");
    expect(bodyOf(seen)).toEqual({
      role: "r",
      jwt: canary.value,
      subscription_id: "s",
      resource_group_name: "g",
      ...expected,
    });
  });

  test.each([
    [404, { error: "no identity" }],
    [200, "not json"],
    [200, { access_token: 7 }],
  ])("without an identity is no-credentials (case %#)", async (status, body) => {
    const service = await startCanned((_request, response) => json(response, status, body));
    const { dependencies } = fakeVault();
    const options = settings({
      method: "azure",
      role: "r",
      metadataAddress: service.address,
    });
    await expect(azureIdentity(options, dependencies).login(signal)).rejects.toMatchObject({
      code: "Unauthenticated",
      reason: "no-credentials",
    });
  });
});

describe("Google Cloud", () => {
  test("hands Vault the machine's identity token for the role's audience", async () => {
    const service = await startCanned((request, response) => {
      expect(request.headers["metadata-flavor"]).toBe("Google");
      expect(request.url).toBe(
        "/computeMetadata/v1/instance/service-accounts/default/identity?audience=vault%2Fr&format=full",
      );
      response.end(canary.value);
    });
    const { dependencies, seen } = fakeVault(() => grant("t", 60));
    const options = settings({ method: "gcp", role: "r", metadataAddress: service.address });
    await googleIdentity(options, dependencies).login(signal);
    expect(seen[0]).toMatchObject({
      path: "auth/gcp/login",
      body: { role: "r", jwt: canary.value },
    });
  });

  test("signs a token with the key of a service account", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const credentialsFile = await keyFile(
      JSON.stringify({
        client_email: "app@p.iam.gserviceaccount.com",
        private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
        private_key_id: "k1",
      }),
    );
    const { dependencies, seen, clock } = fakeVault(() => grant("t", 60));
    const options = settings({ method: "gcp", role: "r", credentialsFile });
    await googleIdentity(options, dependencies).login(signal);
    const [header = "", claims = "", signature = ""] = (bodyOf(seen)["jwt"] ?? "").split(".");
    const decode = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());
    expect(decode(header)).toEqual({ alg: "RS256", typ: "JWT", kid: "k1" });
    expect(decode(claims)).toEqual({
      sub: "app@p.iam.gserviceaccount.com",
      aud: "vault/r",
      exp: Math.floor(clock.now() / 1_000) + 600,
    });
    const signed = Buffer.from(`${header}.${claims}`);
    expect(verify("RSA-SHA256", signed, publicKey, Buffer.from(signature, "base64url"))).toBe(true);
  });

  test.each(["{", '{"client_email":"a"}', '{"client_email":"a","private_key":"b"}'])(
    "refuses what is no key, without quoting it (case %#)",
    async (content) => {
      const credentialsFile = await keyFile(content.replace('"b"', JSON.stringify(canary.value)));
      const { dependencies } = fakeVault();
      const options = settings({ method: "gcp", role: "r", credentialsFile });
      const error: unknown = await googleIdentity(options, dependencies)
        .login(signal)
        .catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: "Unauthenticated", reason: "malformed-credentials" });
      expectClean(error, canary);
    },
  );
});

describe("AWS", () => {
  const keys = { AccessKeyId: "AKIDINSTANCE", SecretAccessKey: canary.value, Token: "session" };

  function signedHeaders(body: Readonly<Record<string, string>>): Record<string, string> {
    const text = Buffer.from(body["iam_request_headers"] ?? "", "base64").toString();
    return JSON.parse(text) as Record<string, string>;
  }

  test("signs with the keys of the environment, and sends no secret key", async () => {
    const { dependencies, seen } = fakeVault(() => grant("t", 60), {
      env: { AWS_ACCESS_KEY_ID: "AKIDENV", AWS_SECRET_ACCESS_KEY: canary.value },
    });
    const options = settings({
      method: "aws",
      role: "r",
      region: "eu-west-1",
      serverId: "v.example",
    });
    await awsIam(options, dependencies).login(signal);
    const body = bodyOf(seen);
    const decode = (name: string): string => Buffer.from(body[name] ?? "", "base64").toString();
    expect(decode("iam_request_url")).toBe("https://sts.eu-west-1.amazonaws.com/");
    expect(decode("iam_request_body")).toBe("Action=GetCallerIdentity&Version=2011-06-15");
    const headers = signedHeaders(body);
    expect(headers["X-Vault-AWS-IAM-Server-ID"]).toBe("v.example");
    expect(headers["Authorization"]).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDENV\/\d{8}\/eu-west-1\/sts\/aws4_request, SignedHeaders=[^,]*x-vault-aws-iam-server-id[^,]*, Signature=[0-9a-f]{64}$/u,
    );
    expectClean(
      Object.values(body).map((value) => Buffer.from(value, "base64").toString()),
      canary,
    );
  });

  test("asks the instance for keys by a session of its metadata service", async () => {
    const service = await startCanned((request, response) => {
      if (request.url === "/latest/api/token") {
        expect(request.method).toBe("PUT");
        response.end("metadata-session");
        return;
      }
      expect(request.headers["x-aws-ec2-metadata-token"]).toBe("metadata-session");
      const path = "/latest/meta-data/iam/security-credentials/";
      if (request.url === path) response.end("my role\n");
      else if (request.url === `${path}my%20role`) json(response, 200, keys);
      else json(response, 404, {});
    });
    const { dependencies, seen } = fakeVault(() => grant("t", 60));
    const options = settings({ method: "aws", metadataAddress: service.address });
    await awsIam(options, dependencies).login(signal);
    const headers = signedHeaders(bodyOf(seen));
    expect(headers["Authorization"]).toContain("Credential=AKIDINSTANCE/");
    expect(headers["X-Amz-Security-Token"]).toBe("session");
  });

  test("asks the container, with its authorization", async () => {
    const service = await startCanned((request, response) => {
      expect(request.headers.authorization).toBe("Bearer pod");
      json(response, 200, keys);
    });
    const { dependencies, seen } = fakeVault(() => grant("t", 60), {
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${service.address}/v1/credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: "Bearer pod",
      },
    });
    await awsIam(settings({ method: "aws" }), dependencies).login(signal);
    expect(signedHeaders(bodyOf(seen))["Authorization"]).toContain("Credential=AKIDINSTANCE/");
  });

  test("asks no other host than AWS names, over http", async () => {
    const { dependencies } = fakeVault(undefined, {
      env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://keys.example.com/" },
    });
    await expect(
      awsIam(settings({ method: "aws" }), dependencies).login(signal),
    ).rejects.toMatchObject({ code: "Config", reason: "bad-container-address" });
  });

  test("without keys anywhere is no-credentials", async () => {
    const service = await startCanned((_request, response) => json(response, 404, {}));
    const { dependencies } = fakeVault();
    const options = settings({ method: "aws", metadataAddress: service.address });
    await expect(awsIam(options, dependencies).login(signal)).rejects.toMatchObject({
      code: "Unauthenticated",
      reason: "no-credentials",
    });
  });
});
