import { randomBytes } from "node:crypto";
import { realVault } from "@kinko/servers/vitest";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  compilePolicies,
  printPolicy,
  type NamedPolicy,
  type PolicyIdentity,
  type PolicyRule,
} from "../../src/policies/index.js";
import { askedPath, policySets } from "./random-rules.js";
import { seedOf } from "./seed.js";

const vault = realVault();
const own = `policies-${randomBytes(4).toString("hex")}`;
const sets = 250;
const pathsPerSet = 100;

interface Known {
  readonly accessor: string;
  readonly identity: PolicyIdentity;
  readonly values: readonly string[];
}
let known: Known;

/** A field somewhere in an answer. */
function at(body: unknown, ...names: readonly string[]): string {
  let found: unknown = body;
  for (const name of names) found = (found as Readonly<Record<string, unknown>>)[name];
  if (typeof found !== "string") throw new Error(`The answer has no ${names.join(".")}.`);
  return found;
}

async function login(policies: readonly string[]): Promise<string> {
  await vault.request("POST", `auth/${own}/users/alice`, {
    password: "a password of a test",
    token_policies: policies,
    token_no_default_policy: true,
  });
  const { body } = await vault.request("POST", `auth/${own}/login/alice`, {
    password: "a password of a test",
  });
  return at(body, "auth", "client_token");
}

async function put(policies: readonly NamedPolicy[]): Promise<void> {
  for (const { name, policy } of policies) {
    const { status } = await vault.request("PUT", `sys/policies/acl/${name}`, {
      policy: printPolicy(policy),
    });
    expect(status).toBe(204);
  }
}

beforeAll(async () => {
  await vault.request("POST", `sys/auth/${own}`, { type: "userpass" });
  const mount = await vault.request("GET", `sys/auth/${own}`);
  const accessor = at(mount.body, "data", "accessor");
  const metadata = { team: "red" };
  const name = `${own}-alice`;
  const entity = await vault.request("POST", "identity/entity", { name, metadata });
  const id = at(entity.body, "data", "id");
  const alias = await vault.request("POST", "identity/entity-alias", {
    name: "alice",
    canonical_id: id,
    mount_accessor: accessor,
  });
  const group = await vault.request("POST", "identity/group", {
    name: `${own}-group`,
    metadata: { zone: "north" },
    member_entity_ids: [id],
  });
  const groupId = at(group.body, "data", "id");
  const aliasId = at(alias.body, "data", "id");
  known = {
    accessor,
    identity: {
      entity: {
        id,
        name,
        metadata,
        aliases: [{ mountAccessor: accessor, id: aliasId, name: "alice" }],
      },
      groups: [{ id: groupId, name: `${own}-group`, metadata: { zone: "north" } }],
    },
    values: [id, name, "red", "alice", groupId, `${own}-group`],
  };
});

afterAll(async () => {
  await vault.request("DELETE", `sys/auth/${own}`);
  const [group] = known.identity.groups ?? [];
  await vault.request("DELETE", `identity/entity/id/${known.identity.entity?.id ?? ""}`);
  await vault.request("DELETE", `identity/group/id/${group?.id ?? ""}`);
  for (const index of [0, 1, 2, 3, 4])
    await vault.request("DELETE", `sys/policies/acl/${own}-${index}`);
});

/** A rule whose templates name what exists here. */
function localRule(rule: PolicyRule): PolicyRule {
  const [group] = known.identity.groups ?? [];
  const path = rule.path
    .replaceAll("ACCESSOR", known.accessor)
    .replaceAll("GROUPID", group?.id ?? "")
    .replaceAll("GROUP", group?.name ?? "");
  return { ...rule, path };
}

describe("the simulator and sys/capabilities", () => {
  test(
    "agree on 25,000 random paths, with and without an identity",
    { timeout: 300_000 },
    async () => {
      const seed = seedOf("simulator");
      const randomSets = fc.sample(policySets, { seed, numRuns: sets });
      const asked = fc.sample(askedPath, { seed, numRuns: sets * pathsPerSet });
      let allowed = 0;
      let compared = 0;
      for (const [index, set] of randomSets.entries()) {
        const policies = set.map((rules, number) => ({
          name: `${own}-${number}`,
          policy: { rules: rules.map(localRule) },
        }));
        await put(policies);
        const names = policies.map(({ name }) => name);
        // Every fifth token has no identity, and templated rules do not apply to it.
        const anonymous = index % 5 === 0;
        const token = anonymous ? await createAnonymous(names) : await login(names);
        const compiled = compilePolicies(policies, {
          identity: anonymous ? {} : known.identity,
        });
        const paths = asked
          .slice(index * pathsPerSet, (index + 1) * pathsPerSet)
          .map((path) =>
            path.replaceAll(/VALUE(\d)/gu, (_, value) => known.values[Number(value)] ?? ""),
          );
        const { body } = await vault.request("POST", "sys/capabilities", { token, paths });
        const answers = body["data"] as Readonly<Record<string, readonly string[]>>;
        for (const path of paths) {
          const answer = compiled.capabilities(path);
          // Only what differs is worth a comparison in depth, which is slow.
          if (answer.join() !== answers[path]?.join())
            expect({ path, policies, answer }).toEqual({ path, policies, answer: answers[path] });
          compared += 1;
          if (answer[0] !== "deny") allowed += 1;
        }
        await vault.request("POST", "auth/token/revoke", { token });
      }
      expect(compared).toBe(sets * pathsPerSet);
      // A comparison in which all is denied would show nothing.
      expect(allowed).toBeGreaterThan(compared / 10);
    },
  );
});

async function createAnonymous(policies: readonly string[]): Promise<string> {
  const { body } = await vault.request("POST", "auth/token/create", {
    policies,
    no_default_policy: true,
    no_parent: true,
  });
  return at(body, "auth", "client_token");
}
