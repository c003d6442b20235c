import { PolicyTestFileError } from "./error.js";
import type { PolicyPosition } from "../model.js";
import { compilePolicies, type NamedPolicy } from "../simulate/compile.js";
import { explain } from "../simulate/explain.js";
import type { RuleSource } from "../simulate/merge.js";
import type { PolicyTest, PolicyTestCheck, PolicyTestFile } from "./model.js";

/** What became of one check. */
export interface PolicyTestResult {
  /** Name of its test. */
  readonly test: string;
  /** Such as `read secret/data/app is allowed`. */
  readonly check: string;
  readonly passed: boolean;
  /** Where the check stands in the file. */
  readonly position: PolicyPosition;
  /** For one that failed: what was decided instead, by which rule, and what would change it. */
  readonly failure?: string;
}

/** A rule that decided nothing in any test. */
export interface UntestedRule {
  readonly policy: string;
  readonly path: string;
  readonly position?: PolicyPosition;
}

/** What the tests of a file gave. */
export interface PolicyTestReport {
  readonly results: readonly PolicyTestResult[];
  readonly passed: number;
  readonly failed: number;
  /** Rules of the tested policies that no check came to: nothing is proved of them. */
  readonly untested: readonly UntestedRule[];
}

/**
 * Runs policy tests, in process.
 *
 * @param policies all that the tests name
 * @throws PolicyTestFileError for a test that names another
 */
export function runPolicyTests(
  file: PolicyTestFile,
  policies: readonly NamedPolicy[],
): PolicyTestReport {
  const byName = new Map(policies.map((one) => [one.name, one]));
  const used = new Set<NamedPolicy>();
  const decided = new Set<unknown>();
  const results = file.tests.flatMap((test, index) => {
    const own = test.policies.map(({ name, position }, place) => {
      const found = byName.get(name);
      if (found !== undefined) return found;
      throw new PolicyTestFileError("There is no policy of this name.", "Check the name.", {
        source: file.text,
        field: `tests[${index}].policies[${place}]`,
        position,
      });
    });
    for (const one of own) used.add(one);
    return runTest(test, own, (sources) => {
      for (const { rule } of sources) decided.add(rule);
    });
  });
  const failed = results.filter(({ passed }) => !passed).length;
  return {
    results,
    passed: results.length - failed,
    failed,
    untested: Array.from(used).flatMap(({ name, policy }) =>
      policy.rules
        .filter((rule) => !decided.has(rule))
        .map(({ path, position }) => ({
          policy: name,
          path,
          ...(position === undefined ? {} : { position }),
        })),
    ),
  };
}

function runTest(
  test: PolicyTest,
  policies: readonly NamedPolicy[],
  onDecided: (rules: readonly RuleSource[]) => void,
): PolicyTestResult[] {
  const options = { identity: test.identity, nowMs: test.nowMs };
  const compiled = compilePolicies(policies, options);
  const checks = test.checks.map((check): PolicyTestResult => {
    const decision = compiled.can(check);
    onDecided(decision.rules);
    const { reason } = check;
    const passed =
      decision.allowed === check.allowed && (reason === undefined || reason === decision.reason);
    const failure = passed
      ? {}
      : {
          failure: [
            ...(decision.allowed === check.allowed
              ? [`It is denied for another reason: ${decision.reason}.`]
              : []),
            explain({ ...check, ...options, policies }).text,
          ].join("\n"),
        };
    return { test: test.name, check: titleOf(check), passed, position: check.position, ...failure };
  });
  const capabilities = test.capabilities.map(({ path, capabilities: wanted, position }) => {
    for (const list of [false, true]) onDecided(compiled.ruleFor(path, list)?.sources ?? []);
    const found = compiled.capabilities(path);
    // Vault calls it deny where nothing is granted.
    const asked = wanted.length === 0 ? ["deny"] : wanted.toSorted();
    const passed = found.join() === asked.join();
    return {
      test: test.name,
      check: `capabilities on ${path} are ${asked.join(", ")}`,
      passed,
      position,
      ...(passed ? {} : { failure: `They are ${found.join(", ")}.` }),
    };
  });
  return [...checks, ...capabilities];
}

function titleOf({ operation, path, allowed, reason }: PolicyTestCheck): string {
  const why = reason === undefined ? "" : ` (${reason})`;
  return `${operation} ${path} is ${allowed ? "allowed" : `denied${why}`}`;
}
