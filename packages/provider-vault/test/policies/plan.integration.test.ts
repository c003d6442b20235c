import { startOwnVault } from "@kinko/servers/vitest";
import { createCanary } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ApplicablePlan, PoliciesCapability, PolicyPlan } from "../../src/index.js";
import { openEngines, uniqueName } from "../engine-store.js";
import { failureOf } from "../failures.js";
import { recordRequests } from "../record-requests.js";
import { createToken } from "../vault-setup.js";

// Its own: what a change opens depends on all policies of a server.
const vault = await startOwnVault();
const canary = createCanary();
const readRule = 'path "secret/data/app/*" { capabilities = ["read"] }';
const writeRule = 'path "secret/data/app/*" { capabilities = ["read", "update"] }';

const open = (token = vault.rootToken): PoliciesCapability =>
  openEngines({ address: vault.address, token }).as("policies");

/** Names of policies that are removed after the test. */
function freeNames(count: number): string[] {
  const names = Array.from({ length: count }, () => uniqueName("policy"));
  onTestFinished(async () => {
    for (const name of names) await vault.request("DELETE", `sys/policies/acl/${name}`);
  });
  return names;
}

/** Names of the policies that a test writes, where other tests have theirs beside them. */
const own = (names: readonly string[], found: readonly string[]): string[] =>
  found.filter((name) => names.includes(name));

/** A token with policies, and without default. */
async function createHolder(policies: readonly string[]): Promise<unknown> {
  const { body } = await vault.request("POST", "auth/token/create", {
    policies,
    no_default_policy: true,
    ttl: "10m",
  });
  return (body as { auth: { client_token: unknown } }).auth.client_token;
}

describe("a policy", () => {
  test("is written as text or document, read as both, listed, and deleted when its name is said twice", async () => {
    const policies = open();
    const [one, other] = freeNames(2) as [string, string];
    await policies.write(one, `# why\n${readRule}`);
    await policies.write(other, { rules: [{ path: "a/*", capabilities: ["list"] }] });
    expect(await policies.read(one)).toMatchObject({
      name: one,
      text: `# why\n${readRule}`,
      policy: { rules: [{ path: "secret/data/app/*", capabilities: ["read"], comments: ["why"] }] },
    });
    expect((await policies.read(other)).text).toContain('path "a/*" {');
    expect(await policies.list()).toEqual(expect.arrayContaining(["default", "root", one, other]));
    const requests = recordRequests("sys/policies");
    expect((await failureOf(policies.delete(one, { confirm: "yes" }), canary)).reason).toBe(
      "not-confirmed",
    );
    requests.stop();
    expect(requests.paths).toEqual([]);
    await policies.delete(one, { confirm: one });
    for (const call of [policies.read(one), policies.delete(one, { confirm: one })]) {
      expect(await failureOf(call, canary)).toMatchObject({
        code: "NotFound",
        reason: "policy-not-found",
      });
    }
  });

  test("that Vault would refuse, or rename, is refused before any request", async () => {
    const policies = open();
    const requests = recordRequests("sys/");
    const calls = [
      [policies.write("x", 'path "a" { capabilities = ["red"] }'), "policy-syntax"],
      [policies.write("x", { rules: [{ path: "a+*", capabilities: [] }] }), "plus-before-star"],
      [policies.write("Upper", readRule), "invalid-policy-name"],
      [policies.write("../mounts/x", readRule), "invalid-path"],
      [policies.write("root", readRule), "protected-policy"],
      [policies.delete("root", { confirm: "root" }), "protected-policy"],
      [policies.plan([{ name: "default", policy: readRule }]), "default-not-included"],
      [
        policies.plan([
          { name: "a", policy: readRule },
          { name: "a", policy: readRule },
        ]),
        "duplicate-policy",
      ],
      [policies.plan([{ name: "a", policy: 'path "a {' }]), "policy-syntax"],
    ] as const;
    for (const [call, reason] of calls) expect((await failureOf(call, canary)).reason).toBe(reason);
    requests.stop();
    expect(requests.paths).toEqual([]);
  });

  test("that nobody may delete says so", async () => {
    const call = open().delete("default", { confirm: "default" });
    expect(await failureOf(call, canary)).toMatchObject({
      code: "InvalidValue",
      reason: "protected-policy",
    });
  });
});

describe("a plan", () => {
  test("tells what is new, changed, the same however written, and left alone", async () => {
    const policies = open();
    const [made, widened, same, foreign] = freeNames(4) as [string, string, string, string];
    await policies.write(widened, readRule);
    await policies.write(same, `${readRule}\n# a remark`);
    await policies.write(foreign, readRule);
    const plan = await policies.plan([
      {
        name: same,
        policy: readRule.replaceAll(" ", "  "),
      },
      { name: widened, policy: writeRule },
      { name: made, policy: readRule },
    ]);
    expect(plan.unchanged).toEqual([same]);
    expect(plan.unmanaged).toContain(foreign);
    expect(plan.unmanaged).not.toContain("default");
    expect(plan.unmanaged).not.toContain("root");
    expect(plan.changes).toMatchObject([
      {
        name: made,
        action: "create",
        needsConfirmation: true,
        decisions: [{ path: "secret/data/app/*", opens: ["read"], closes: [] }],
      },
      {
        name: widened,
        action: "change",
        needsConfirmation: true,
        rules: [
          {
            action: "changed",
            lines: [
              '  path "secret/data/app/*" {',
              '-   capabilities = ["read"]',
              '+   capabilities = ["read", "update"]',
              "  }",
            ],
          },
        ],
        decisions: [{ path: "secret/data/app/*", opens: ["update"], closes: [] }],
      },
    ]);
    expect(await policies.plan([{ name: same, policy: readRule }])).toMatchObject({ changes: [] });
  });

  test("is applied in a safe order, also when it was kept as JSON, and then nothing is left to do", async () => {
    const policies = open();
    const names = freeNames(4);
    const [made, widened, narrowed, removed] = names as [string, string, string, string];
    await policies.write(widened, readRule);
    await policies.write(narrowed, writeRule);
    await policies.write(removed, readRule);
    const wanted = [
      { name: made, policy: readRule },
      { name: widened, policy: writeRule },
      { name: narrowed, policy: readRule },
    ];
    const whole = await policies.plan(wanted, { prune: true });
    // Other tests have policies on this server, too.
    const changes = whole.changes.filter(({ name }) => names.includes(name));
    const plan = JSON.parse(JSON.stringify({ ...whole, changes })) as PolicyPlan;
    const unsure = policies.apply(plan);
    expect(await failureOf(unsure, canary)).toMatchObject({ reason: "not-confirmed" });
    const confirm = [made, widened, removed];
    const order = [narrowed, made, widened, removed];
    expect(await policies.apply(plan, { dryRun: true })).toEqual({
      applied: order,
      already: [],
      changes: plan.changes,
      needsConfirmation: confirm,
    });
    expect((await policies.read(narrowed)).text).toBe(writeRule);
    const told: string[] = [];
    const report = await policies.apply(plan, {
      confirm,
      onApplied: (name) => void told.push(name),
    });
    expect(report).toMatchObject({ applied: order, already: [] });
    expect(told).toEqual(order);
    expect(own(names, await policies.list())).toEqual([made, widened, narrowed].toSorted());
    expect(await policies.plan(wanted)).toMatchObject({ changes: [] });
    expect(await policies.apply(plan)).toEqual({
      applied: [],
      already: order,
      changes: [],
      needsConfirmation: [],
    });
  });

  test("that was cut off goes on where it ended", async () => {
    const policies = open();
    const names = freeNames(3);
    const plan = await policies.plan(names.map((name) => ({ name, policy: readRule })));
    const stop = new AbortController();
    const cut = policies.apply(plan, {
      confirm: names,
      onApplied: () => stop.abort(),
      signal: stop.signal,
    });
    expect((await failureOf(cut, canary)).code).toBe("Aborted");
    const report = await policies.apply(plan, { confirm: names });
    expect(report.already).toHaveLength(1);
    expect(report.applied).toHaveLength(2);
  });

  test("is refused as a whole when the server drifted from it, and nothing is written", async () => {
    const policies = open();
    const [one, other, removed] = freeNames(3) as [string, string, string];
    await policies.write(other, writeRule);
    await policies.write(removed, readRule);
    const plan = await policies.plan([
      { name: one, policy: readRule },
      { name: other, policy: readRule },
    ]);
    await policies.write(other, 'path "elsewhere" { capabilities = ["read"] }');
    const confirm = [one, other];
    expect(await failureOf(policies.apply(plan, { confirm }), canary)).toMatchObject({
      code: "Conflict",
      reason: "policy-drift",
      ref: other,
    });
    expect(own([one], await policies.list())).toEqual([]);
    // Only how it is written changed: that is no drift.
    await policies.write(other, `# a remark\n${writeRule}`);
    expect((await policies.apply(plan, { confirm })).applied).toEqual([other, one]);
  });

  test("sees a writer that comes between its check and its write", async () => {
    const policies = open();
    const [first, second] = freeNames(2).toSorted() as [string, string];
    const plan = await policies.plan([
      { name: first, policy: readRule },
      { name: second, policy: readRule },
    ]);
    const call = policies.apply(plan, {
      confirm: [first, second],
      onApplied: () => policies.write(second, writeRule),
    });
    expect(await failureOf(call, canary)).toMatchObject({
      code: "Conflict",
      reason: "policy-drift",
      ref: second,
    });
  });

  test("is believed only in its names and texts", async () => {
    const policies = open();
    const [name] = freeNames(1) as [string];
    await policies.write(name, readRule);
    const forged = {
      format: "kinko-policy-plan/1" as const,
      changes: [
        {
          name,
          action: "change" as const,
          before: readRule,
          after: writeRule,
          rules: [],
          decisions: [],
          needsConfirmation: false,
        },
      ],
    };
    expect((await failureOf(policies.apply(forged), canary)).reason).toBe("not-confirmed");
    for (const bad of [
      { format: "other", changes: [] },
      { format: "kinko-policy-plan/1", changes: [{ name }] },
      { format: "kinko-policy-plan/1", changes: [forged.changes[0], forged.changes[0]] },
      { format: "kinko-policy-plan/1", changes: {} },
      { format: "kinko-policy-plan/1", clusterId: 7, changes: [] },
    ])
      expect((await failureOf(policies.apply(bad as never), canary)).reason).toBe("invalid-plan");
    const elsewhere = { ...forged, clusterId: "another" };
    expect(await failureOf(policies.apply(elsewhere, { confirm: [name] }), canary)).toMatchObject({
      code: "Conflict",
      reason: "plan-of-other-cluster",
    });
    const root = { ...forged, changes: [{ ...forged.changes[0], name: "root" }] };
    expect((await failureOf(policies.apply(root as never), canary)).reason).toBe(
      "protected-policy",
    );
  });

  test("tells what a narrower rule opens by going, for tokens with another policy, and asks for that", async () => {
    const policies = open();
    const [narrow, wide] = freeNames(2) as [string, string];
    const elsewhere = 'path "a" { capabilities = ["read"] }';
    const mount = uniqueName("kv");
    await policies.write(wide, `path "${mount}/*" { capabilities = ["read", "update"] }`);
    await policies.write(narrow, `path "${mount}/app" { capabilities = ["read"] }\n${elsewhere}`);
    const plan = await policies.plan([{ name: narrow, policy: elsewhere }]);
    expect(plan.changes).toMatchObject([
      {
        decisions: [{ path: `${mount}/app`, opens: [], closes: ["read"] }],
        together: [{ with: wide, path: `${mount}/app`, opens: ["update"] }],
        needsConfirmation: true,
      },
    ]);
    const token = String(await createHolder([narrow, wide]));
    const allowed = async (): Promise<unknown> => {
      const body = { token, paths: [`${mount}/app`] };
      return (await vault.request("POST", "sys/capabilities", body)).body;
    };
    expect(await allowed()).toMatchObject({ capabilities: ["read"] });
    // Found on the server again, also for a plan that says nothing of it.
    const { format, changes } = plan;
    const bare = {
      format,
      changes: changes.map(({ name, before, after }) => ({ name, before, after })),
    };
    expect((await policies.apply(bare as ApplicablePlan, { dryRun: true })).changes).toEqual(
      changes,
    );
    expect((await failureOf(policies.apply(plan), canary)).reason).toBe("not-confirmed");
    await policies.apply(plan, { confirm: [narrow] });
    expect(await allowed()).toMatchObject({ capabilities: ["read", "update"] });
  });

  test("changes default only when that is included, and never prunes it", async () => {
    const policies = open();
    const { text } = await policies.read("default");
    const plan = await policies.plan([{ name: "default", policy: text }], { include: ["default"] });
    expect(plan.unchanged).toEqual(["default"]);
    const pruned = await policies.plan([], { prune: true });
    expect(pruned.changes.map(({ name }) => name)).not.toContain("default");
    expect(pruned.changes.map(({ name }) => name)).not.toContain("root");
  });

  test("without the right to read policies is a denial, and not an empty server", async () => {
    const token = await createToken(vault, {});
    const call = open(token).plan([{ name: "x", policy: readRule }]);
    expect((await failureOf(call, canary)).code).toBe("PermissionDenied");
  });
});
