import { randomBytes } from "node:crypto";
import { createKvMount, realVault } from "@kinko/servers/vitest";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import {
  compilePolicies,
  printPolicy,
  type PolicyRequest,
  type PolicyRule,
} from "../../src/policies/index.js";
import { seedOf } from "./seed.js";

const vault = realVault();
const mount = createKvMount({ version: 1 });
const { fetch: send } = globalThis;
const rounds = 120;
const requestsPerRound = 8;

const name = fc.constantFrom("a", "B", "c");
const policyValue = fc.oneof(
  fc.constantFrom("x", "x*", "*y", "*xy*", "*", ""),
  fc.constantFrom(1, true, ["x"], { k: "x" }),
);
const values = fc.dictionary(
  fc.oneof(name, fc.constant("*")),
  fc.array(policyValue, { maxLength: 2 }),
  {
    maxKeys: 3,
    noNullPrototype: true,
  },
);
const constrained = fc.record(
  {
    allowedParameters: values,
    deniedParameters: values,
    requiredParameters: fc.uniqueArray(name, { minLength: 1, maxLength: 1 }),
  },
  { requiredKeys: [] },
);
const sent = fc.dictionary(
  fc.oneof(name, fc.constantFrom("A", "b")),
  fc.constantFrom("x", "xy", "x,y", " x , x ", "", 1, true, null, ["x"], ["x", "z"], [], {
    k: "x",
  }),
  { maxKeys: 3, noNullPrototype: true },
);

/** A token of these rules, and what the simulator makes of them. */
async function tokenOf(policyName: string, policies: readonly (readonly PolicyRule[])[]) {
  const named = policies.map((rules, index) => ({
    name: `${policyName}-${index}`,
    policy: { rules },
  }));
  for (const one of named) {
    const { status } = await vault.request("PUT", `sys/policies/acl/${one.name}`, {
      policy: printPolicy(one.policy),
    });
    expect(status).toBe(204);
  }
  const { body } = await vault.request("POST", "auth/token/create", {
    policies: named.map((one) => one.name),
    no_default_policy: true,
    ttl: "5m",
  });
  const { client_token: token } = body["auth"] as { readonly client_token: string };
  return { token, compiled: compilePolicies(named) };
}

/** Whether the server lets the request through; what it then finds there is another matter. */
async function isAllowed(token: string, request: PolicyRequest): Promise<boolean> {
  const writes = request.operation === "create";
  const { status } = await send(`${vault.address}/v1/${request.path}`, {
    method: writes ? "POST" : request.operation === "list" ? "LIST" : "GET",
    headers: {
      "X-Vault-Token": token,
      ...(request.wrapTtlSeconds === undefined
        ? {}
        : { "X-Vault-Wrap-TTL": `${request.wrapTtlSeconds}s` }),
    },
    ...(writes ? { body: JSON.stringify(request.parameters) } : {}),
  });
  expect(status).toBeLessThan(500);
  return status !== 403;
}

function cleanUp(policyName: string): void {
  onTestFinished(async () => {
    for (const index of [0, 1])
      await vault.request("DELETE", `sys/policies/acl/${policyName}-${index}`);
  });
}

test(
  "writes with random parameters are allowed here if and only if they are there",
  {
    timeout: 120_000,
  },
  async () => {
    const seed = seedOf("parameters");
    const policyName = `operations-${randomBytes(4).toString("hex")}`;
    cleanUp(policyName);
    const sets = fc.sample(fc.array(constrained, { minLength: 1, maxLength: 2 }), {
      seed,
      numRuns: rounds,
    });
    const bodies = fc.sample(sent, { seed, numRuns: rounds * requestsPerRound });
    const counts = { allowed: 0, refused: 0 };
    for (const [round, set] of sets.entries()) {
      const policies = set.map((one): readonly PolicyRule[] => [
        { path: `${mount}/*`, capabilities: ["create"], ...one },
      ]);
      const { token, compiled } = await tokenOf(policyName, policies);
      for (let index = 0; index < requestsPerRound; index += 1) {
        const parameters = bodies[round * requestsPerRound + index] ?? {};
        const path = `${mount}/r${round}-${index}`;
        const request: PolicyRequest = { operation: "create", path, parameters };
        const decision = compiled.can(request);
        counts[decision.allowed ? "allowed" : "refused"] += 1;
        const allowed = await isAllowed(token, request);
        expect({ set, parameters, ...decision, rules: [] }).toMatchObject({ allowed });
      }
    }
    expect(Math.min(counts.allowed, counts.refused)).toBeGreaterThan(50);
  },
);

test("reads and lists, with their slashes and wrapping, are allowed here if and only if they are there", async () => {
  const policyName = `operations-${randomBytes(4).toString("hex")}`;
  cleanUp(policyName);
  const { token, compiled } = await tokenOf(policyName, [
    [
      { path: `${mount}/list`, capabilities: ["list"] },
      { path: `${mount}/slash/`, capabilities: ["list", "read"] },
      { path: `${mount}/star/*`, capabilities: ["list"] },
      { path: `${mount}/star/in`, capabilities: ["deny"] },
      { path: `${mount}/+/plus`, capabilities: ["list"] },
      {
        path: `${mount}/wrap`,
        capabilities: ["read"],
        minWrappingTtlSeconds: 10,
        maxWrappingTtlSeconds: 60,
      },
    ],
    [{ path: `${mount}/wrap`, capabilities: ["list"], maxWrappingTtlSeconds: 30 }],
  ]);
  const below = ["list", "slash", "star", "star/in", "star/a/b", "x/plus", "wrap", "none"];
  const requests = below.flatMap((path): PolicyRequest[] => [
    { operation: "list", path: `${mount}/${path}` },
    { operation: "list", path: `${mount}/${path}/` },
    { operation: "read", path: `${mount}/${path}` },
    { operation: "read", path: `${mount}/${path}`, wrapTtlSeconds: 9 },
    { operation: "read", path: `${mount}/${path}`, wrapTtlSeconds: 10 },
    { operation: "read", path: `${mount}/${path}`, wrapTtlSeconds: 31 },
    { operation: "list", path: `${mount}/${path}`, wrapTtlSeconds: 30 },
  ]);
  const here = requests.map((request) => ({ request, allowed: compiled.can(request).allowed }));
  const there: typeof here = [];
  for (const request of requests) there.push({ request, allowed: await isAllowed(token, request) });
  expect(here).toEqual(there);
  expect(new Set(here.map(({ allowed }) => allowed))).toEqual(new Set([true, false]));
});
