import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatJunit,
  formatTap,
  parsePolicy,
  parsePolicyTests,
  PolicyTestFileError,
  runPolicyTests,
  type NamedPolicy,
} from "../../src/policies/index.js";

const named = (name: string, text: string): NamedPolicy => ({ name, policy: parsePolicy(text) });

const shop = named(
  "shop",
  `path "secret/data/{{identity.entity.name}}/*" { capabilities = ["read"] }
path "secret/metadata/*" { capabilities = ["list"] }
path "transit/encrypt/shop" {
  capabilities        = ["update"]
  required_parameters = ["plaintext"]
}
path "sys/*" { capabilities = ["deny"] }`,
);

const text = `
identities:
  shop: { entity: { name: shop } }
tests:
  - name: the shop reads its own secrets
    policies: [shop]
    identity: shop
    allowed:
      - read secret/data/shop/db
      - list secret/metadata/shop/
      - { operation: update, path: transit/encrypt/shop, parameters: { plaintext: aGk= } }
    denied:
      - update,delete secret/data/shop/db
      - read secret/data/other/db
      - { operation: read, path: sys/mounts, reason: denied }
      - { operation: update, path: transit/encrypt/shop, reason: parameter-required }
    capabilities:
      secret/data/shop/db: [read]
      secret/data/other/db: []
`;

/** The error of a text that is no test file. */
async function errorOf(source: string): Promise<PolicyTestFileError> {
  const error: unknown = await parsePolicyTests(source).catch((caught: unknown) => caught);
  if (!(error instanceof PolicyTestFileError)) throw new Error("It was read.");
  return error;
}

describe("a policy test file", () => {
  test("says what is allowed and denied, and each check passes or fails by itself", async () => {
    const report = runPolicyTests(await parsePolicyTests(text), [shop]);
    expect(report.results.filter(({ passed }) => !passed)).toEqual([]);
    expect(report).toMatchObject({ passed: 10, failed: 0, untested: [] });
    expect(report.results[0]).toEqual({
      test: "the shop reads its own secrets",
      check: "read secret/data/shop/db is allowed",
      passed: true,
      position: { line: 9, column: 9 },
    });
  });

  test("fails with the rule that decided and what would change it", async () => {
    const wider = text.replace("- read secret/data/shop/db", "- update secret/data/shop/db");
    const report = runPolicyTests(await parsePolicyTests(wider), [shop]);
    const [failure, ...others] = report.results.filter(({ passed }) => !passed);
    expect(others).toEqual([]);
    expect(failure).toMatchObject({
      check: "update secret/data/shop/db is allowed",
      position: { line: 9, column: 9 },
    });
    expect(failure?.failure).toContain("update secret/data/shop/db: denied.");
    expect(failure?.failure).toContain('of policy "shop" at line 1 (read)');
    expect(failure?.failure).toContain('capabilities = ["read", "update"]');
  });

  test("fails where something is denied for another reason than was thought", async () => {
    const other = text.replace("reason: parameter-required", "reason: no-rule");
    const { failed, results } = runPolicyTests(await parsePolicyTests(other), [shop]);
    expect(failed).toBe(1);
    expect(results.find(({ passed }) => !passed)?.failure).toContain(
      "It is denied for another reason: parameter-required.",
    );
  });

  test("tells the rules that no check came to", async () => {
    const less = text.replace(/.*sys\/mounts.*\n/u, "");
    const { untested } = runPolicyTests(await parsePolicyTests(less), [shop]);
    expect(untested).toEqual([{ policy: "shop", path: "sys/*", position: { line: 7, column: 6 } }]);
  });

  test("fills templates with groups, aliases and the time, all of which may be left out", async () => {
    const policy = named(
      "p",
      `path "a/{{identity.groups.names.staff.metadata.team}}" { capabilities = ["read"] }
path "b/{{identity.entity.aliases.auth_1.name}}" { capabilities = ["read"] }
path "c/{{time.now}}" { capabilities = ["read"] }`,
    );
    const file = await parsePolicyTests(`
tests:
  - name: with an identity
    policies: [p]
    now: 2026-01-31T12:00:00Z
    identity:
      entity: { aliases: [{ mountAccessor: auth_1, name: mary }] }
      groups: [{ name: staff, metadata: { team: web } }]
    allowed: [read a/web, read b/mary, read c/1769860800]
  - name: without
    policies: [p]
    denied: [read a/web, read b/mary, read c/1769860800]
`);
    expect(runPolicyTests(file, [policy])).toMatchObject({ failed: 0, passed: 6 });
  });

  test.each([
    ["tests: [", "", 1, "This is not YAML."],
    ["tests: []\ntests: []", "", 2, "A name is there twice."],
    ["", "", 1, "This is no mapping"],
    ["test: []", "test", 1, "There is no such field here."],
    ["tests: []", "tests", 1, "There are no tests."],
    ["tests:\n  - policies: [a]\n    allowed: [read a]", "tests[0]", 2, "A test has no name."],
    ["tests:\n  - name: x\n    allowed: [read a]", "tests[0]", 2, "A test has no policies."],
    ["tests:\n  - name: x\n    policies: [a]", "tests[0]", 2, "A test checks nothing."],
    [
      "tests:\n  - name: x\n    policies: [a]\n    allowed:\n      - reed a",
      "tests[0].allowed[0]",
      5,
      "Vault has no such operation.",
    ],
    [
      "tests:\n  - name: x\n    policies: [a]\n    allowed: [read]",
      "tests[0].allowed[0]",
      4,
      "This is no operation and path.",
    ],
    [
      "tests:\n  - name: x\n    policies: [a]\n    denied: [{ operation: read, path: a, reason: no }]",
      "tests[0].denied[0].reason",
      4,
      "Nothing is denied for such a reason.",
    ],
    [
      "tests:\n  - name: x\n    policies: [a]\n    allowed: [{ operation: read, path: a, reason: no-rule }]",
      "tests[0].allowed[0].reason",
      4,
      "There is no such field here.",
    ],
    [
      "tests:\n  - name: x\n    policies: [a]\n    identity: nobody\n    allowed: [read a]",
      "tests[0].identity",
      4,
      "No identity of this file has this name.",
    ],
    [
      "tests:\n  - name: x\n    policies: [a]\n    capabilities: { a: [write] }",
      "tests[0].capabilities.a[0]",
      4,
      "Vault has no such capability.",
    ],
    [
      "tests:\n  - name: x\n    policies: [a]\n    now: later\n    allowed: [read a]",
      "tests[0].now",
      4,
      "This is no moment.",
    ],
  ])("%j is refused at its field and line", async (source, field, line, what) => {
    const error = await errorOf(source);
    expect(error).toMatchObject({ code: "InvalidValue", reason: "policy-test-file", line });
    expect(error.field ?? "").toBe(field);
    expect(error.message).toContain(what);
    expect(error.excerpt).toMatch(/\n *\^$/u);
  });

  test("that names a policy which is not there says where", async () => {
    const file = await parsePolicyTests(text);
    expect(() => runPolicyTests(file, [])).toThrow(
      "Line 6, column 16 of the file (tests[0].policies[0]): There is no policy of this name.",
    );
  });

  test("gives a report or a PolicyTestFileError, whatever its text is", async () => {
    const words = "tests:|- name: x|policies: [a]|allowed:|- read a|{|}|[|]|&a|*a|? |: |\n|\n  ";
    const odd = "\n    |!!map |null|__proto__: 1|'|# ";
    const piece = fc.constantFrom(...`${words}|${odd}`.split("|"), "|");
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
        const read = await parsePolicyTests(pieces.join("")).catch((error: unknown) => error);
        expect(read instanceof PolicyTestFileError || "tests" in (read as object)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("reports for other tools", () => {
  const failing = async () => {
    const source =
      'tests:\n  - name: "a <b> & \\"c\\" # \\u0007"\n    policies: [shop]\n    allowed: [read x]\n';
    return new Map([
      ["shop.policy-test.yaml", runPolicyTests(await parsePolicyTests(source), [shop])],
    ]);
  };

  test("are JUnit's XML, in which nothing of a name is markup", async () => {
    const report = formatJunit(await failing());
    expect(report).toContain('<testsuite name="shop.policy-test.yaml" tests="1" failures="1">');
    expect(report).toContain('classname="a &lt;b&gt; &amp; &quot;c&quot; # \uFFFD"');
    expect(report).toContain('<failure message="read x: denied. No rule');
    expect(report.match(/<[^>]*>/gu)).toHaveLength(9);
  });

  test("are TAP, one line a check", async () => {
    const report = formatTap(await failing());
    expect(report).toContain(
      'TAP version 14\n1..1\nnot ok 1 - a <b> & "c" \\#  : read x is allowed\n',
    );
    expect(report).toContain('  at: "shop.policy-test.yaml:4:15"\n');
  });
});
