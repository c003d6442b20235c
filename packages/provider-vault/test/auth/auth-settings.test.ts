import { isSecretError } from "@kinko/core";
import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import type { VaultAuthOptions } from "../../src/auth/options.js";
import { resolveSettings } from "../../src/settings.js";
import { testContext } from "../support.js";

const canary = createCanary();
const address = "https://vault.example.com:8200";

function auth(options: VaultAuthOptions, env: Readonly<Record<string, string>> = {}): unknown {
  return resolveSettings({ address, auth: options }, testContext({ env, directory: "/app" })).auth;
}

const login = { sinkFile: undefined, revokeOnClose: true };

describe("the options of auth", () => {
  test("have defaults for every method", () => {
    expect(auth({ method: "kubernetes", role: "app" })).toEqual({
      ...login,
      method: "kubernetes",
      role: "app",
      mount: "kubernetes",
      jwt: undefined,
      jwtFile: "/var/run/secrets/kubernetes.io/serviceaccount/token",
    });
    expect(auth({ method: "userpass", username: "ada", passwordFile: "p" })).toMatchObject({
      mount: "userpass",
      passwordFile: "/app/p",
    });
    expect(auth({ method: "azure", role: "app" })).toMatchObject({
      mount: "azure",
      resource: "https://management.azure.com/",
    });
    expect(auth({ method: "gcp", role: "app", credentialsFile: "key.json" })).toMatchObject({
      mount: "gcp",
      credentialsFile: "/app/key.json",
    });
    expect(auth({ method: "jwt", jwt: "t", sinkFile: "run/token", revokeOnClose: false })).toEqual({
      method: "jwt",
      mount: "jwt",
      role: undefined,
      jwt: "t",
      jwtFile: undefined,
      sinkFile: "/app/run/token",
      revokeOnClose: false,
    });
  });

  test("take AWS's region from the environment as AWS's own tools do", () => {
    expect(auth({ method: "aws" })).toMatchObject({ region: "us-east-1", keys: undefined });
    const env = { AWS_DEFAULT_REGION: "eu-west-1" };
    expect(auth({ method: "aws" }, env)).toMatchObject({ region: "eu-west-1" });
    expect(auth({ method: "aws" }, { ...env, AWS_REGION: "eu-north-1" })).toMatchObject({
      region: "eu-north-1",
    });
  });

  test("of a chain are those of its methods, in order", () => {
    const methods = [{ method: "token-file", file: "t" } as const, { method: "cert" } as const];
    const chained = resolveSettings(
      {
        address,
        auth: { method: "chain", methods },
        tls: { certFile: "c.pem", keyFile: "k.pem" },
      },
      testContext({ directory: "/app" }),
    ).auth;
    expect(chained).toEqual({
      method: "chain",
      methods: [
        { method: "token-file", file: "/app/t" },
        { ...login, method: "cert", mount: "cert", role: undefined },
      ],
    });
  });

  test.each<[string, VaultAuthOptions]>([
    ["ambiguous-credentials", { method: "jwt" }],
    ["ambiguous-credentials", { method: "jwt", jwt: canary.value, jwtFile: "f" }],
    ["ambiguous-credentials", { method: "userpass", username: "ada" }],
    ["no-client-certificate", { method: "cert" }],
    ["incomplete-keys", { method: "aws", accessKeyId: "A", sessionToken: canary.value }],
    ["incomplete-keys", { method: "aws", secretAccessKey: canary.value }],
    ["bad-mount", { method: "jwt", jwt: canary.value, mount: "a/../b" }],
  ])("that make no sense are Config, with reason %s (case %#)", (reason, options) => {
    let error: unknown;
    try {
      auth(options);
    } catch (caught) {
      error = caught;
    }
    expect(isSecretError(error, "Config")).toBe(true);
    expect(error).toMatchObject({ reason });
    expectClean(error, canary);
  });
});
