import { describe, expect, test } from "vitest";
import {
  deleteSentinelPolicy,
  putSentinelPolicy,
  type EndpointPolicy,
  type SentinelClient,
} from "../../src/policies/index.js";

type Request = Parameters<SentinelClient["request"]>[0];

/** A client that answers everything with 204, and what it was asked. */
function recorder() {
  const requests: Request[] = [];
  const client: SentinelClient = {
    request: (request) => {
      requests.push(request);
      return Promise.resolve({
        status: 204,
        body: {},
        data: undefined,
        errors: [],
        warnings: [],
        requestId: undefined,
        retryAfterMs: undefined,
        index: undefined,
      });
    },
  };
  return { client, requests };
}

const { signal } = new AbortController();
const policy: EndpointPolicy = {
  kind: "egp",
  name: "mfa-for-prod",
  code: 'import "mfa"\nmain = rule { mfa.methods.totp.valid }',
  enforcementLevel: "hard-mandatory",
  paths: ["secret/data/prod/*"],
};

describe("a Sentinel policy (no Enterprise server: the requests' shape)", () => {
  test("of endpoints is put with code, level and paths", async () => {
    const { client, requests } = recorder();
    await putSentinelPolicy(client, policy, signal);
    expect(requests).toEqual([
      {
        method: "PUT",
        path: "sys/policies/egp/mfa-for-prod",
        body: {
          policy: Buffer.from(policy.code).toString("base64"),
          enforcement_level: "hard-mandatory",
          paths: ["secret/data/prod/*"],
        },
        signal,
      },
    ]);
  });

  test("of roles has no paths, and is deleted by its name", async () => {
    const { client, requests } = recorder();
    const { name, code, enforcementLevel } = policy;
    await putSentinelPolicy(client, { kind: "rgp", name, code, enforcementLevel }, signal);
    await deleteSentinelPolicy(client, { kind: "rgp", name: policy.name }, signal);
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "PUT sys/policies/rgp/mfa-for-prod",
      "DELETE sys/policies/rgp/mfa-for-prod",
    ]);
    expect(requests[0]?.body).not.toHaveProperty("paths");
  });

  test.each<[string, Partial<EndpointPolicy>]>([
    ["a name that leaves its folder", { name: "../acl/root" }],
    ["an empty name", { name: "" }],
    ["no code", { code: " " }],
    ["no paths", { paths: [] }],
    ["an unknown level", { enforcementLevel: "mandatory" as never }],
  ])("with %s is refused before any request", async (_title, change) => {
    const { client, requests } = recorder();
    await expect(putSentinelPolicy(client, { ...policy, ...change }, signal)).rejects.toMatchObject(
      {
        code: "InvalidValue",
      },
    );
    expect(requests).toEqual([]);
  });
});
