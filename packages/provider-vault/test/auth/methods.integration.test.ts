import { execFile } from "node:child_process";
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { SecretStore } from "@kinko/core";
import { createKvMount, realMoto, realVault } from "@kinko/servers/vitest";
import { createCanary } from "@kinko/testing";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { VaultAuthOptions } from "../../src/auth/options.js";
import type { VaultOptions } from "../../src/options.js";
import { json, startCanned } from "../canned-server.js";
import { failureOf } from "../failures.js";
import { openVaultStore } from "../support.js";
import { createPolicy } from "../vault-setup.js";

const vault = realVault();
const moto = realMoto();
const mount = createKvMount({ version: 2 });
const tlsMount = createKvMount({ version: 2, tls: true });
const canary = createCanary();
const run = promisify(execFile);

type Server = Pick<typeof vault, "request">;

beforeAll(async () => {
  await vault.request("POST", `${mount}/data/app`, { data: { value: canary.value } });
  await vault.tls.request("POST", `${tlsMount}/data/app`, { data: { value: canary.value } });
});

/** Enables an auth method at a path of its own. */
async function enable(type: string, server: Server = vault): Promise<string> {
  const path = `${type}-${randomBytes(6).toString("hex")}`;
  await done(server.request("POST", `sys/auth/${path}`, { type }));
  onTestFinished(() => done(server.request("DELETE", `sys/auth/${path}`)));
  return path;
}

async function done(answer: ReturnType<Server["request"]>): Promise<void> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`Vault answered ${status}: ${JSON.stringify(body)}`);
}

function open(
  auth: VaultAuthOptions,
  options: Partial<VaultOptions> = {},
  env: Readonly<Record<string, string>> = {},
): SecretStore {
  const store = openVaultStore({ address: vault.address, mount, auth, ...options }, { env });
  onTestFinished(() => store.close());
  return store;
}

async function expectReads(store: SecretStore): Promise<void> {
  expect((await store.get("app")).text()).toBe(canary.value);
}

function policy(): Promise<string> {
  return createPolicy(vault, { [`${mount}/data/*`]: ["read"] });
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "kinko-vault-auth-"));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

function signJwt(claims: Readonly<Record<string, unknown>>, key: KeyObject): string {
  const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  const content = `${encode({ alg: "RS256", typ: "JWT" })}.${encode(claims)}`;
  return `${content}.${sign("RSA-SHA256", Buffer.from(content), key).toString("base64url")}`;
}

describe("userpass", () => {
  test("logs in with a password from the config or a file, and not with another one", async () => {
    const path = await enable("userpass");
    const password = createCanary();
    await done(
      vault.request("POST", `auth/${path}/users/ada`, {
        password: password.value,
        token_policies: [await policy()],
      }),
    );
    const passwordFile = join(await folder(), "password");
    await writeFile(passwordFile, `${password.value}\n`, { mode: 0o600 });
    const base = { method: "userpass", username: "ada", mount: path } as const;
    await expectReads(open({ ...base, password: password.value }));
    await expectReads(open({ ...base, passwordFile }));
    const wrong = createCanary();
    const error = await failureOf(open({ ...base, password: wrong.value }).get("app"), wrong);
    expect(error).toMatchObject({ code: "Unauthenticated", reason: "userpass-rejected" });
  });
});

describe("JWT", () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });

  test("logs in with a token that is read anew for each login", async () => {
    const path = await enable("jwt");
    await done(
      vault.request("POST", `auth/${path}/config`, {
        jwt_validation_pubkeys: [publicKey.export({ type: "spki", format: "pem" })],
        bound_issuer: "https://issuer.example",
      }),
    );
    await done(
      vault.request("POST", `auth/${path}/role/app`, {
        role_type: "jwt",
        user_claim: "sub",
        bound_audiences: ["vault"],
        token_policies: [await policy()],
        token_num_uses: 1,
      }),
    );
    const now = Math.floor(Date.now() / 1_000);
    const claims = { iss: "https://issuer.example", aud: "vault", sub: "app", iat: now, nbf: now };
    const soon = now + 300;
    const jwtFile = join(await folder(), "jwt");
    await writeFile(jwtFile, signJwt({ ...claims, exp: soon }, privateKey), { mode: 0o600 });
    const store = open({ method: "jwt", role: "app", jwtFile, mount: path });
    await expectReads(store);
    // Each token is good for one request, and this is what a later login finds.
    await writeFile(jwtFile, signJwt({ ...claims, exp: soon - 3_600 }, privateKey));
    const error = await failureOf(store.get("app"), canary);
    expect(error).toMatchObject({ code: "Unauthenticated", reason: "jwt-rejected" });
    await writeFile(jwtFile, signJwt({ ...claims, exp: soon }, privateKey));
    await expectReads(store);
  });

  test("with a file that is not there says so", async () => {
    const store = open({ method: "jwt", role: "app", jwtFile: "/nonexistent/jwt" });
    expect(await failureOf(store.get("app"), canary)).toMatchObject({
      code: "Unauthenticated",
      reason: "no-credentials",
    });
  });
});

describe("Kubernetes", () => {
  test("logs in with the token of the service account, which Vault has the cluster review", async () => {
    // The cluster is a stand-in for its TokenReview call; Vault, which makes the call, is real.
    const serviceAccount = createCanary();
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const claims = {
      iss: "kubernetes/serviceaccount",
      sub: "system:serviceaccount:shop:app",
      "kubernetes.io/serviceaccount/namespace": "shop",
      "kubernetes.io/serviceaccount/service-account.name": "app",
      "kubernetes.io/serviceaccount/service-account.uid": "u-1",
      "kubernetes.io/serviceaccount/secret.name": serviceAccount.value,
    };
    const cluster = await startCanned((request, response) => {
      expect(request.url).toBe("/apis/authentication.k8s.io/v1/tokenreviews");
      const user = { username: claims.sub, uid: "u-1", groups: ["system:serviceaccounts"] };
      json(response, 201, { status: { authenticated: true, user } });
    });
    const path = await enable("kubernetes");
    await done(
      vault.request("POST", `auth/${path}/config`, {
        kubernetes_host: cluster.address,
        token_reviewer_jwt: signJwt(claims, privateKey),
        pem_keys: [publicKey.export({ type: "spki", format: "pem" })],
        disable_local_ca_jwt: true,
      }),
    );
    await done(
      vault.request("POST", `auth/${path}/role/app`, {
        bound_service_account_names: ["app"],
        bound_service_account_namespaces: ["shop"],
        token_policies: [await policy()],
      }),
    );
    const tokenFile = join(await folder(), "token");
    await writeFile(tokenFile, signJwt(claims, privateKey), { mode: 0o600 });
    await expectReads(open({ method: "kubernetes", role: "app", tokenFile, mount: path }));
    expect(cluster.requests.length).toBeGreaterThan(0);
    const other = open({ method: "kubernetes", role: "other", tokenFile, mount: path });
    expect(await failureOf(other.get("app"), serviceAccount)).toMatchObject({
      code: "Unauthenticated",
      reason: "kubernetes-rejected",
    });
  });
});

describe("TLS certificate", () => {
  test("logs in with the client certificate of the connection", async () => {
    const made = await folder();
    const [certFile, keyFile] = [join(made, "cert.pem"), join(made, "key.pem")];
    const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ${keyFile} -out ${certFile} -days 1 -subj /CN=app -addext extendedKeyUsage=clientAuth`;
    await run("openssl", words.split(" "));
    const path = await enable("cert", vault.tls);
    const name = await createPolicy(vault.tls, { [`${tlsMount}/data/*`]: ["read"] });
    await done(
      vault.tls.request("POST", `auth/${path}/certs/app`, {
        certificate: await readFile(certFile, "utf8"),
        token_policies: [name],
      }),
    );
    const options = {
      address: vault.tls.address,
      mount: tlsMount,
      tls: { caFile: vault.tls.caFile, certFile, keyFile },
    };
    await expectReads(open({ method: "cert", mount: path }, options));
    await expectReads(open({ method: "cert", mount: path, role: "app" }, options));
    const refused = open({ method: "cert", mount: path, role: "other" }, options);
    expect((await failureOf(refused.get("app"), canary)).code).toBe("Unauthenticated");
  });
});

describe("AWS IAM", () => {
  test("logs in by a signed request, which Vault has AWS answer", async () => {
    const path = await enable("aws");
    await done(
      vault.request("POST", `auth/${path}/config/client`, {
        sts_endpoint: moto.address,
        sts_region: "us-east-1",
        iam_endpoint: moto.address,
        iam_server_id_header_value: "vault.example.com",
        access_key: "AKIATEST",
        secret_key: "test",
      }),
    );
    await done(
      vault.request("POST", `auth/${path}/role/app`, {
        auth_type: "iam",
        bound_iam_principal_arn: ["arn:aws:iam::123456789012:user/moto"],
        resolve_aws_unique_ids: false,
        token_policies: [await policy()],
      }),
    );
    const env = { AWS_ACCESS_KEY_ID: "AKIAAPP", AWS_SECRET_ACCESS_KEY: canary.value };
    const auth = { method: "aws", role: "app", mount: path, stsEndpoint: moto.address } as const;
    await expectReads(open({ ...auth, serverId: "vault.example.com" }, {}, env));
    const error = await failureOf(open({ ...auth, serverId: "other" }, {}, env).get("app"), canary);
    expect(error).toMatchObject({ code: "Unauthenticated", reason: "aws-rejected" });
  });
});

describe("a login", () => {
  async function user(
    role: Readonly<Record<string, unknown>> = {},
  ): Promise<Extract<VaultAuthOptions, { readonly method: "userpass" }>> {
    const path = await enable("userpass");
    await done(
      vault.request("POST", `auth/${path}/users/ada`, {
        password: "p",
        token_policies: [await policy()],
        ...role,
      }),
    );
    return { method: "userpass", username: "ada", password: "p", mount: path };
  }

  test("leaves its token for other programs, for its owner's eyes alone", async () => {
    const sinkFile = join(await folder(), "token");
    const store = open({ ...(await user()), sinkFile, revokeOnClose: false });
    await expectReads(store);
    expect((await stat(sinkFile)).mode & 0o777).toBe(0o600);
    await expectReads(open({ method: "token-file", file: sinkFile }));
  });

  test("revokes its token at close, unless told not to", async () => {
    for (const revokeOnClose of [true, false]) {
      const sinkFile = join(await folder(), "token");
      const store = open({ ...(await user()), sinkFile, revokeOnClose });
      await expectReads(store);
      await store.close();
      const lookup = await vault.request("POST", "auth/token/lookup", {
        token: await readFile(sinkFile, "utf8"),
      });
      expect(lookup.status).toBe(revokeOnClose ? 403 : 200);
    }
  });

  test("is the first of a chain for which there are credentials", async () => {
    const methods = [
      { method: "token-file", file: "/nonexistent/token" } as const,
      { method: "kubernetes", role: "app", tokenFile: "/nonexistent/jwt" } as const,
      await user(),
    ];
    await expectReads(open({ method: "chain", methods }));
  });
});
