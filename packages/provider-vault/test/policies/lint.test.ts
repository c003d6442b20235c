import { describe, expect, test } from "vitest";
import { lintPolicy } from "../../src/policies/index.js";

const options = { kv2Mounts: ["secret/"] };

/** Codes with the severities of what is found. */
function codes(text: string): string[] {
  return lintPolicy(text, options).map(({ severity, code }) => `${severity} ${code}`);
}

function rule(path: string, ...capabilities: readonly string[]): string {
  return `path "${path}" { capabilities = ${JSON.stringify(capabilities)} }\n`;
}

test("a least policy has no findings", () => {
  expect(
    codes(rule("secret/data/prod/app/*", "read") + rule("secret/metadata/prod/app/*", "list")),
  ).toEqual([]);
});

describe("it finds", () => {
  test.each<[string, string, readonly string[]]>([
    ["everything", rule("*", "read"), ["error broad-glob"]],
    ["a whole mount that may be written", rule("kv/*", "update"), ["error broad-glob"]],
    ["a whole mount that may be read", rule("kv/*", "read"), ["warning broad-glob"]],
    ["sudo where nothing needs it", rule("kv/a", "read", "sudo"), ["info sudo-granted"]],
    ["sudo over many root paths", rule("sys/audit/*", "sudo"), ["warning sudo-granted"]],
    ["a root path without sudo", rule("sys/rotate", "update"), ["warning root-path"]],
    ["a KV version 2 path without data", rule("secret/app", "read"), ["error kv2-path"]],
    ["list on data", rule("secret/data/app", "read", "list"), ["warning kv2-path"]],
    ["values that nobody can list", rule("secret/data/app/*", "read"), ["info list-missing"]],
    [
      "two rules of one path",
      rule("kv/a", "read") + rule("/kv/a", "list"),
      ["warning duplicate-path"],
    ],
    [
      "a deny that contradicts",
      rule("kv/a", "read") + rule("kv/a", "deny"),
      ["error duplicate-path"],
    ],
    ["a star inside a path", rule("kv/*/b", "read"), ["error unreachable-rule"]],
    ["a + that is part of a segment", rule("kv/a/+b", "read"), ["error unreachable-rule"]],
    ["a path with the API's version", rule("v1/kv/a", "read"), ["error unreachable-rule"]],
    [
      "a narrower rule that takes what a wider one grants",
      rule("kv/a/*", "read", "update") + rule("kv/a/b", "read"),
      ["warning shadowed-rule"],
    ],
    ["not one that adds to it", rule("kv/a/*", "read") + rule("kv/a/b", "read", "update"), []],
    [
      "a deny of what nothing allows",
      rule("kv/a", "deny") + rule("kv/b", "read"),
      ["info useless-deny"],
    ],
    ["nothing granted", rule("kv/a"), ["warning nothing-granted"]],
    [
      "a deny beside others",
      rule("kv/*", "read", "deny"),
      ["error deny-with-others", "info useless-deny"],
    ],
    [
      "a template that is never filled in",
      rule("kv/{{identity.entity.nmae}}", "read"),
      ["error unknown-template"],
    ],
    ["the legacy form", 'path "kv/a" { policy = "write" }', ["warning legacy-policy"]],
    [
      "numbers among parameters",
      'path "kv/a" { capabilities = ["update"] allowed_parameters = { ttl = [5] } }',
      ["error number-parameter"],
    ],
    ["a text that is no policy", 'path "a" {', ["error syntax"]],
  ])("%s", (_title, text, expected) => {
    expect(codes(text)).toEqual(expected);
  });
});

test("a finding says where, what and what to do", () => {
  expect(lintPolicy(`\n${rule("secret/app/db", "read")}`, options)).toEqual([
    {
      code: "kv2-path",
      severity: "error",
      path: "secret/app/db",
      position: { line: 2, column: 6 },
      message: "secret is a KV version 2 mount, and none of its paths are of this form.",
      advice:
        "Write secret/data/app/db for values, secret/metadata/app/db for listing and metadata.",
    },
  ]);
});

test("an unknown capability, attribute and template come with what was meant", () => {
  expect(lintPolicy(rule("a", "raed"))[0]?.advice).toBe('Did you mean "read"?');
  expect(lintPolicy('path "a" { capabilites = [] }')[0]?.advice).toBe(
    'Did you mean "capabilities"?',
  );
  expect(lintPolicy(rule("kv/{{identity.entity.nmae}}", "read"))[0]?.advice).toBe(
    "Did you mean identity.entity.name?",
  );
});

test("without the mounts nothing is said of KV paths", () => {
  expect(lintPolicy(rule("secret/app", "read"))).toEqual([]);
});
