import { isSecretError } from "@kinko/core";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { gcpOptions, type GcpOptions } from "../src/options.js";
import { resolveSettings } from "../src/settings.js";
import { testContext } from "./support.js";

const project = "my-project";

function resolve(
  options: GcpOptions,
  env: Record<string, string> = {},
): ReturnType<typeof resolveSettings> {
  return resolveSettings(options, testContext({ env, directory: "/config" }));
}

function reasonOf(options: GcpOptions): string | undefined {
  try {
    resolve(options);
    return undefined;
  } catch (error) {
    if (isSecretError(error, "Config")) return error.reason;
    throw error;
  }
}

describe("defaults", () => {
  test("take the project from the environment, the option before it", () => {
    expect(resolve({}, { GOOGLE_CLOUD_PROJECT: "one-project" }).parent).toBe(
      "projects/one-project",
    );
    expect(resolve({}, { GCLOUD_PROJECT: "two-project" }).parent).toBe("projects/two-project");
    expect(resolve({ project }, { GOOGLE_CLOUD_PROJECT: "one-project" }).parent).toBe(
      "projects/my-project",
    );
    expect(reasonOf({})).toBe("no-project");
  });

  test("are global secrets over gRPC with TLS", () => {
    expect(resolve({ project })).toMatchObject({
      host: "secretmanager.googleapis.com",
      port: 443,
      insecure: false,
      transport: "grpc",
      replication: { automatic: {} },
      credential: { method: "default" },
      proxy: undefined,
    });
  });

  test("of a location are its own endpoint, without replication", () => {
    const settings = resolve({ project, location: "europe-west1" });
    expect(settings.parent).toBe("projects/my-project/locations/europe-west1");
    expect(settings.host).toBe("secretmanager.europe-west1.rep.googleapis.com");
    expect(settings.replication).toBeUndefined();
  });

  test("take the proxy of the environment, but for exempt hosts", () => {
    const env = { HTTPS_PROXY: "http://proxy.example.com:3128" };
    expect(resolve({ project }, env).proxy?.host).toBe("proxy.example.com:3128");
    for (const NO_PROXY of [
      "*",
      "googleapis.com",
      ".googleapis.com",
      "a, secretmanager.googleapis.com",
    ]) {
      expect(resolve({ project }, { ...env, NO_PROXY }).proxy, NO_PROXY).toBeUndefined();
    }
    expect(resolve({ project }, { ...env, NO_PROXY: "apis.com" }).proxy).toBeDefined();
  });

  test("resolve files from the folder of the config", () => {
    const settings = resolve({
      project,
      credential: { method: "key-file", file: "key.json" },
      tls: { caFile: "ca.pem" },
    });
    expect(settings.credential).toEqual({ method: "key-file", file: "/config/key.json" });
    expect(settings.caFile).toBe("/config/ca.pem");
  });
});

describe("settings that cannot be", () => {
  test.each<[string, GcpOptions]>([
    ["bad-project", { project: "My Project" }],
    ["bad-project", { project: "a/b" }],
    ["bad-location", { project, location: "Europe West" }],
    ["bad-endpoint", { project, apiEndpoint: "https://secretmanager.googleapis.com" }],
    ["bad-endpoint", { project, apiEndpoint: "localhost:8080" }],
    ["insecure-host", { project, apiEndpoint: "example.com", insecure: true }],
    ["insecure-host", { project, insecure: true }],
    ["ambiguous-ca", { project, tls: { ca: "x", caFile: "y" } }],
    ["proxy-needs-rest", { project, proxy: { url: "http://proxy:3128" } }],
    ["bad-proxy-url", { project, transport: "rest", proxy: { url: "proxy:3128" } }],
    ["credentials-in-url", { project, transport: "rest", proxy: { url: "http://u:p@proxy:3128" } }],
    ["regional-replication", { project, location: "europe-west1", replicaLocations: ["us-east1"] }],
    ["bad-credential", { project, credential: { method: "access-token" } }],
    [
      "bad-credential",
      { project, credential: { method: "access-token", token: "a", tokenFile: "b" } },
    ],
  ])("are refused as %s", (reason, options) => {
    expect(reasonOf(options)).toBe(reason);
  });

  test("with unknown keys do not pass the schema", () => {
    expect(v.safeParse(gcpOptions, { project, projectId: "x" }).success).toBe(false);
    expect(v.safeParse(gcpOptions, { project, versionDestroyTtlSeconds: 60 }).success).toBe(false);
    expect(v.safeParse(gcpOptions, { project, port: 70_000 }).success).toBe(false);
    expect(v.safeParse(gcpOptions, { project }).success).toBe(true);
  });
});
