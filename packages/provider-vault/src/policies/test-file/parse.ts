import { didYouMean } from "@kinko/core/config";
import { capabilities as allCapabilities, isCapability, type Capability } from "../model.js";
import { parseDuration } from "../read/durations.js";
import { decisionReasons, type DecisionReason } from "../simulate/decide.js";
import { operations, type PolicyOperation } from "../simulate/operations.js";
import type { RequestParameters } from "../simulate/parameters.js";
import { readIdentity } from "./identity.js";
import type {
  PolicyTest,
  PolicyTestCapabilities,
  PolicyTestCheck,
  PolicyTestFile,
} from "./model.js";
import { readYaml, type TestNode } from "./nodes.js";

/**
 * Reads a policy test file: YAML, or JSON.
 *
 * @throws PolicyTestFileError with line, column, field and an excerpt
 * @example
 * const file = await parsePolicyTests(`
 * tests:
 *   - name: the shop reads its secrets
 *     policies: [shop]
 *     allowed: [read secret/data/shop/db]
 *     denied: [update secret/data/shop/db]
 * `);
 */
export async function parsePolicyTests(text: string): Promise<PolicyTestFile> {
  const root = await readYaml(text);
  const fields = root.fields(["policies", "identities", "tests"], "Begin with tests:.");
  const identities = new Map(
    [...(fields.get("identities")?.fields(undefined, "Write NAME: and an identity.") ?? [])].map(
      ([name, node]) => [name, readIdentity(node)] as const,
    ),
  );
  const files = fields.get("policies")?.fields(undefined, "Write NAME: FILE.") ?? new Map();
  const tests = fields.get("tests") ?? root.fail("There are no tests.", "Begin with tests:.");
  const list = tests.items("Begin each test with - name:.");
  if (list.length === 0) tests.fail("There are no tests.", "Begin each test with - name:.");
  return {
    policyFiles: new Map(
      Array.from(files, ([name, node]) => [name, node.text("Name a file of HCL or JSON.")]),
    ),
    tests: list.map((node) => readTest(node, identities)),
    text,
  };
}

const testFields = ["name", "policies", "identity", "now", "allowed", "denied", "capabilities"];

function readTest(
  node: TestNode,
  identities: ReadonlyMap<string, ReturnType<typeof readIdentity>>,
): PolicyTest {
  const fields = node.fields(testFields, "Begin each test with - name:.");
  const need = (name: string, advice: string): TestNode =>
    fields.get(name) ?? node.fail(`A test has no ${name}.`, advice);
  const policies = need("policies", "Name the policies of the token, such as [shop].");
  const names = policies.items("Name the policies of the token, such as [shop].").map((item) => ({
    name: item.text("Name a policy."),
    position: item.position,
  }));
  if (names.length === 0) policies.fail("A token without policies may do nothing.", "Name one.");
  const checks = [
    ...readChecks(fields.get("allowed"), true),
    ...readChecks(fields.get("denied"), false),
  ];
  const capabilities = readCapabilities(fields.get("capabilities"));
  if (checks.length + capabilities.length === 0)
    node.fail("A test checks nothing.", "Add allowed, denied or capabilities.");
  const identity = identityOf(fields.get("identity"), identities);
  const nowMs = timeOf(fields.get("now"));
  return {
    name: need("name", "Say in a sentence what has to hold.").text("Say what has to hold."),
    policies: names,
    ...(identity === undefined ? {} : { identity }),
    ...(nowMs === undefined ? {} : { nowMs }),
    checks,
    capabilities,
    position: node.position,
  };
}

function identityOf(
  node: TestNode | undefined,
  identities: ReadonlyMap<string, ReturnType<typeof readIdentity>>,
): ReturnType<typeof readIdentity> | undefined {
  if (node === undefined || !node.isText)
    return node === undefined ? undefined : readIdentity(node);
  const name = node.text("Name one of identities.");
  return (
    identities.get(name) ??
    node.fail(
      "No identity of this file has this name.",
      didYouMean(name, [...identities.keys()]).trim() || "Add it to identities.",
    )
  );
}

function timeOf(node: TestNode | undefined): number | undefined {
  if (node === undefined) return undefined;
  const advice = "Write it as 2026-01-31T12:00:00Z.";
  const nowMs = Date.parse(node.text(advice));
  return Number.isNaN(nowMs) ? node.fail("This is no moment.", advice) : nowMs;
}

const checkAdvice = 'Write "read secret/data/app", or a mapping with operation and path.';

function readChecks(node: TestNode | undefined, allowed: boolean): PolicyTestCheck[] {
  if (node === undefined) return [];
  return node.items(checkAdvice).flatMap((item) => {
    if (item.isText) {
      const [, words, path] = /^(\S+)\s+(\S.*)$/u.exec(item.text(checkAdvice).trim()) ?? [];
      if (words === undefined || path === undefined)
        return item.fail("This is no operation and path.", checkAdvice);
      return operationsOf(item, words.split(",")).map((operation): PolicyTestCheck => ({
        operation,
        path,
        allowed,
        position: item.position,
      }));
    }
    return readLongCheck(item, allowed);
  });
}

const longFields = ["operation", "path", "parameters", "wrapTtl"];

function readLongCheck(node: TestNode, allowed: boolean): PolicyTestCheck[] {
  const known = allowed ? longFields : [...longFields, "reason"];
  const fields = node.fields(known, checkAdvice);
  const operation = fields.get("operation") ?? node.fail("There is no operation.", checkAdvice);
  const path = fields.get("path") ?? node.fail("There is no path.", checkAdvice);
  const reason = reasonOf(fields.get("reason"));
  const parameters = fields.get("parameters");
  // The names are only looked at for being texts; values are whatever JSON can say.
  parameters?.fields(undefined, "Write the fields of the request's body.");
  const wrapTtlSeconds = durationOf(fields.get("wrapTtl"));
  const words = operation.text(checkAdvice).split(/\s*,\s*/u);
  return operationsOf(operation, words).map((one) => ({
    operation: one,
    path: path.text("Write the path below /v1/, such as secret/data/app."),
    allowed,
    ...(reason === undefined ? {} : { reason }),
    ...(parameters === undefined ? {} : { parameters: parameters.value as RequestParameters }),
    ...(wrapTtlSeconds === undefined ? {} : { wrapTtlSeconds }),
    position: node.position,
  }));
}

function operationsOf(node: TestNode, words: readonly string[]): readonly PolicyOperation[] {
  return words.map((word) => {
    const found = operations.find((one) => one === word);
    return (
      found ??
      node.fail(
        "Vault has no such operation.",
        didYouMean(word, operations).trim() || `Known are ${operations.join(", ")}.`,
      )
    );
  });
}

const denials = decisionReasons.filter((one) => !["allowed", "root", "help"].includes(one));

function reasonOf(node: TestNode | undefined): DecisionReason | undefined {
  if (node === undefined) return undefined;
  const word = node.text("Name a reason, such as no-rule.");
  const found = denials.find((one) => one === word);
  const advice = didYouMean(word, denials).trim() || `Known are ${denials.join(", ")}.`;
  return found ?? node.fail("Nothing is denied for such a reason.", advice);
}

function durationOf(node: TestNode | undefined): number | undefined {
  if (node === undefined) return undefined;
  const { value } = node;
  const seconds = typeof value === "number" ? value : parseDuration(String(value));
  return seconds !== undefined && seconds > 0
    ? seconds
    : node.fail("This is no time.", "Write it as 5m, or as a number of seconds.");
}

function readCapabilities(node: TestNode | undefined): PolicyTestCapabilities[] {
  const advice = "Write PATH: [read, list].";
  return Array.from(node?.fields(undefined, advice) ?? [], ([path, list]) => ({
    path,
    capabilities: list.items(advice).map((item): Capability => {
      const word = item.text(advice);
      if (isCapability(word)) return word;
      return item.fail(
        "Vault has no such capability.",
        didYouMean(word, allCapabilities).trim() || `Known are ${allCapabilities.join(", ")}.`,
      );
    }),
    position: list.position,
  }));
}
