import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compareDecisions,
  compareRules,
  compareTogether,
  compilePolicies,
  isOpening,
  isSamePolicy,
  parsePolicy,
  type Capability,
  type DecisionChange,
  type PolicyDocument,
} from "../../src/policies/index.js";

const policy = (
  ...rules: readonly (readonly [path: string, ...Capability[]])[]
): PolicyDocument => ({
  rules: rules.map(([path, ...capabilities]) => ({ path, capabilities })),
});

describe("two texts of one policy", () => {
  test.each([
    [
      "formatting",
      'path "a" { capabilities = ["read"] }',
      'path   "a"{\ncapabilities=["read",]\n}',
    ],
    [
      "comments",
      'path "a" { capabilities = ["read"] }',
      '# why\npath "a" { capabilities = ["read"] }',
    ],
    [
      "the order of capabilities and rules",
      'path "a" { capabilities = ["read", "list"] }\npath "b" { capabilities = ["list"] }',
      'path "b" { capabilities = ["list"] }\npath "a" { capabilities = ["list", "read"] }',
    ],
    [
      "HCL and JSON",
      'path "a" { capabilities = ["read"] }',
      '{"path":{"a":{"capabilities":["read"]}}}',
    ],
    [
      "the old form",
      'path "a" { policy = "read" }',
      'path "a" { capabilities = ["list", "read"] }',
    ],
    [
      "one path in two rules",
      'path "a" { capabilities = ["read"] }\npath "a" { capabilities = ["list"] }',
      'path "a" { capabilities = ["read", "list"] }',
    ],
    [
      "a slash before a path",
      'path "/a" { capabilities = ["read"] }',
      'path "a" { capabilities = ["read"] }',
    ],
    [
      "spaces in templates",
      'path "a/{{ identity.entity.id }}" { capabilities = ["read"] }',
      'path "a/{{identity.entity.id}}" { capabilities = ["read"] }',
    ],
    ["units of time", 'path "a" { min_wrapping_ttl = "1m" }', 'path "a" { min_wrapping_ttl = 60 }'],
    [
      "what a deny makes idle",
      'path "a" { capabilities = ["deny", "read"]\n min_wrapping_ttl = "1m" }',
      'path "a" { capabilities = ["deny"] }',
    ],
  ])("that differ in %s say the same", (_what, left, right) => {
    expect(isSamePolicy(parsePolicy(left), parsePolicy(right))).toBe(true);
    expect(compareRules(parsePolicy(left), parsePolicy(right))).toEqual([]);
    expect(compareDecisions(parsePolicy(left), parsePolicy(right))).toEqual([]);
  });

  test.each([
    [
      "a capability",
      'path "a" { capabilities = ["read"] }',
      'path "a" { capabilities = ["list"] }',
    ],
    ["a star", 'path "a" { capabilities = ["read"] }', 'path "a*" { capabilities = ["read"] }'],
    [
      "a parameter's values",
      'path "a" { capabilities = ["update"]\n allowed_parameters = { x = ["1"] } }',
      'path "a" { capabilities = ["update"]\n allowed_parameters = { x = ["2"] } }',
    ],
    [
      "a control group",
      'path "a" { control_group = { factor "f" { identity { group_names = ["x"] approvals = 1 } } } }',
      'path "a" { control_group = { factor "f" { identity { group_names = ["x"] approvals = 2 } } } }',
    ],
  ])("that differ in %s do not", (_what, left, right) => {
    expect(isSamePolicy(parsePolicy(left), parsePolicy(right))).toBe(false);
    expect(compareRules(parsePolicy(left), parsePolicy(right))).not.toEqual([]);
  });
});

test("a difference of rules shows the lines that go and come", () => {
  const [change, ...others] = compareRules(
    policy(["a", "read"], ["b", "list"]),
    policy(["a", "read", "update"], ["b", "list"]),
  );
  expect(others).toEqual([]);
  expect(change).toEqual({
    path: "a",
    action: "changed",
    lines: [
      '  path "a" {',
      '-   capabilities = ["read"]',
      '+   capabilities = ["read", "update"]',
      "  }",
    ],
  });
  expect(compareRules(undefined, policy(["a"])).map(({ action }) => action)).toEqual(["added"]);
  expect(compareRules(policy(["a"]), undefined).map(({ action }) => action)).toEqual(["removed"]);
});

describe("changed decisions", () => {
  test("are those of the paths that a new rule takes from a wider one", () => {
    const before = policy(["secret/data/*", "read", "update"]);
    const after = policy(["secret/data/*", "read", "update"], ["secret/data/prod/*", "read"]);
    expect(compareDecisions(before, after)).toEqual([
      { path: "secret/data/prod/*", opens: [], closes: ["update"] },
    ]);
    expect(compareDecisions(after, before)).toEqual([
      { path: "secret/data/prod/*", opens: ["update"], closes: [] },
    ]);
  });

  test("are found where patterns only meet", () => {
    const before = policy(["a/+/c", "read"]);
    const after = policy(["a/+/c", "read"], ["a/b*", "deny"]);
    const changes = compareDecisions(before, after);
    expect(changes).toContainEqual({ path: "a/b*", opens: [], closes: [], deny: "added" });
    expect(changes.every((change) => !isOpening(change))).toBe(true);
  });

  test("count a lifted deny as opening, whatever else the policy grants", () => {
    const [change] = compareDecisions(policy(["sys/*", "deny"]), undefined);
    expect(change).toEqual({ path: "sys/*", opens: [], closes: [], deny: "lifted" });
    expect(isOpening(change as DecisionChange)).toBe(true);
  });

  test("show templates as they are written", () => {
    const changes = compareDecisions(undefined, policy(["a/{{identity.entity.name}}/*", "read"]));
    expect(changes).toEqual([
      { path: "a/{{identity.entity.name}}/*", opens: ["read"], closes: [] },
    ]);
  });

  test.each([
    ["required_parameters = []", 'required_parameters = ["x"]', "tightened"],
    ['required_parameters = ["x"]', "required_parameters = []", "loosened"],
    ["", 'allowed_parameters = { x = ["1"] }', "tightened"],
    ['allowed_parameters = { x = ["1"] }', 'allowed_parameters = { x = ["2"] }', "loosened"],
    ['denied_parameters = { x = ["1"] }', "denied_parameters = { x = [] }", "tightened"],
    ["denied_parameters = { x = [] }", 'denied_parameters = { x = ["1"] }', "loosened"],
    ["", 'max_wrapping_ttl = "1m"', "tightened"],
    ['max_wrapping_ttl = "1m"', 'max_wrapping_ttl = "2m"', "loosened"],
    ['min_wrapping_ttl = "1m"', 'min_wrapping_ttl = "2m"', "tightened"],
    ['mfa_methods = ["m"]', "", "loosened"],
    [
      'subscribe_event_types = ["kv-v2/*", "pki/*"]',
      'subscribe_event_types = ["pki/*"]',
      "tightened",
    ],
    ['subscribe_event_types = ["pki/*"]', 'subscribe_event_types = ["kv-v2/*"]', "loosened"],
    ['subscribe_event_types = ["a"]', 'subscribe_event_types = ["a", "b"]', "loosened"],
    ['subscribe_event_types = ["a"]', 'subscribe_event_types = ["*"]', "loosened"],
    ['subscribe_event_types = ["a"]', "", "loosened"],
    ["", 'subscribe_event_types = ["a"]', "loosened"],
  ] as const)("from %j to %j: conditions are %s", (left, right, conditions) => {
    const rule = (text: string): PolicyDocument =>
      parsePolicy(`path "a" {\n capabilities = ["update"]\n ${text}\n}`);
    expect(compareDecisions(rule(left), rule(right))).toEqual([
      { path: "a", opens: [], closes: [], conditions },
    ]);
  });
});

describe.each(["list", "read", "delete"])(
  "conditions of a rule that grants only %s",
  (capability) => {
    test.each([
      ['mfa_methods = ["m"]', "", "loosened"],
      ['min_wrapping_ttl = "2m"', 'min_wrapping_ttl = "1m"', "loosened"],
      ['max_wrapping_ttl = "1m"', "", "loosened"],
      ["", 'min_wrapping_ttl = "1m"', "tightened"],
    ] as const)("from %j to %j are %s", (left, right, conditions) => {
      const rule = (text: string): PolicyDocument =>
        parsePolicy(`path "a/*" {\n capabilities = ["${capability}"]\n ${text}\n}`);
      expect(compareDecisions(rule(left), rule(right))).toEqual([
        { path: "a/*", opens: [], closes: [], conditions },
      ]);
    });
  },
);

describe("with another policy of the same token", () => {
  const wide = { name: "wide", policy: policy(["secret/data/*", "read", "update"]) };
  const before = policy(["secret/data/app", "read"], ["other", "read"]);

  test("a narrow rule that goes opens what the other one grants", () => {
    const after = policy(["other", "read"]);
    expect(compareTogether(before, after, [wide])).toEqual([
      { with: "wide", path: "secret/data/app", opens: ["update"] },
    ]);
    expect(compareTogether(before, undefined, [wide])).toHaveLength(1);
    expect(compareTogether(undefined, before, [wide])).toEqual([]);
  });

  test("what the change opens by itself, and what has no path in common, is not told again", () => {
    const more = policy(["secret/data/app", "read", "update"], ["other", "read"]);
    expect(compareTogether(before, more, [wide])).toEqual([]);
    const foreign = { name: "foreign", policy: policy(["kv/*", "update"]) };
    expect(compareTogether(before, undefined, [foreign])).toEqual([]);
  });

  test("a list that falls to a wider rule is opened too", () => {
    const lists = { name: "lists", policy: policy(["a/b/*", "list"]) };
    expect(compareTogether(policy(["a/b", "read"]), undefined, [lists])).toEqual([
      { with: "lists", path: expect.any(String) as string, opens: ["list"] },
    ]);
  });
});

describe("for any two policies", () => {
  const segment = fc.constantFrom("a", "b", "+", "ab");
  const path = fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.constantFrom("", "/", "*", "/*"))
    .map(([parts, end]) => parts.join("/") + end)
    .filter((text) => !text.includes("+*"));
  const capability = fc.constantFrom<Capability>("read", "list", "update", "deny");
  const document = fc
    .array(fc.tuple(path, fc.uniqueArray(capability, { maxLength: 3 })), { maxLength: 5 })
    .map((rules) => policy(...rules.map(([text, list]) => [text, ...list] as const)));
  const names = ["a", "b", "ab", "ac", "abc", "bc"];
  const all = (length: number): string[] =>
    length === 1
      ? names
      : all(length - 1).flatMap((start) => names.map((name) => `${start}/${name}`));
  const bare = [1, 2, 3, 4].flatMap(all);
  const paths = [...bare, ...bare.map((one) => `${one}/`)];

  /** Whether a path is one of those that a change names. */
  const isNamed = ({ path: named }: DecisionChange, one: string): boolean => {
    const open = named.endsWith("*");
    const parts = (open ? named.slice(0, -1) : named)
      .split("/")
      .map((part) => part.replaceAll(/[+*]/gu, "[^/]*"));
    return new RegExp(`^${parts.join("/")}${open ? ".*" : ""}$`, "u").test(one);
  };

  test("every path whose decision differs is in a change that names it and says so", () => {
    fc.assert(
      fc.property(document, document, (before, after) => {
        const changes = compareDecisions(before, after);
        const [old, next] = [before, after].map((one) =>
          compilePolicies([{ name: "p", policy: one }]),
        );
        const isSaid = (one: string, says: (change: DecisionChange) => boolean): boolean =>
          changes.some(
            (change) =>
              says(change) &&
              [one, one.replace(/\/$/u, ""), `${one}/`].some((form) => isNamed(change, form)),
          );
        for (const one of paths) {
          for (const operation of ["read", "list", "update"] as const) {
            const was = old?.can({ operation, path: one });
            const is = next?.can({ operation, path: one });
            if (was?.allowed !== is?.allowed)
              expect(
                isSaid(one, (change) =>
                  (is?.allowed === true ? change.opens : change.closes).includes(operation),
                ),
                `${operation} ${one}`,
              ).toBe(true);
            const [denied, denies] = [was?.reason === "denied", is?.reason === "denied"];
            if (denied !== denies)
              expect(
                isSaid(one, ({ deny }) => deny === (denies ? "added" : "lifted")),
                `deny ${one}`,
              ).toBe(true);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test("what opens for both together is opened by the change alone, or told with the other policy", () => {
    fc.assert(
      fc.property(document, document, document, (before, after, policy) => {
        const alone = compareDecisions(before, after).flatMap(({ opens }) => opens);
        const told = compareTogether(before, after, [{ name: "other", policy }]);
        const known = new Set([...alone, ...told.flatMap(({ opens }) => opens)]);
        const [was, is] = [before, after].map((one) =>
          compilePolicies([
            { name: "p", policy: one },
            { name: "other", policy },
          ]),
        );
        for (const one of paths.filter((_path, index) => index % 7 === 0)) {
          for (const operation of ["read", "list", "update"] as const) {
            const opened =
              was?.can({ operation, path: one }).allowed === false &&
              is?.can({ operation, path: one }).allowed === true;
            if (opened) expect(known, `${operation} ${one}`).toContain(operation);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
