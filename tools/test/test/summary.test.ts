import { describe, expect, test } from "vitest";
import { isGood, summarise, summaryLines } from "../summary.mjs";
import type { ReportedModule, ReportedTest, Summary } from "../summary.mjs";

interface Reported {
  readonly tests?: readonly ReportedTest[];
  readonly errors?: readonly { name?: string; message: string }[];
  readonly suiteErrors?: readonly { name?: string; message: string }[];
}

function reportedTest(state: string, meta: ReturnType<ReportedTest["meta"]> = {}): ReportedTest {
  return { result: () => ({ state }), meta: () => meta };
}

function reportedModule({ tests = [], errors = [], suiteErrors = [] }: Reported): ReportedModule {
  return {
    relativeModuleId: "packages/a/test/a.test.ts",
    errors: () => errors,
    children: { allTests: () => tests, allSuites: () => [{ errors: () => suiteErrors }] },
  };
}

function lastLine(summary: Summary, ci = false): string | undefined {
  return summaryLines(summary, { ci }).at(-1);
}

describe("the summary of a run", () => {
  test("counts passed and failed tests in the last line", () => {
    const tests = [reportedTest("passed"), reportedTest("passed"), reportedTest("failed")];
    const summary = summarise([reportedModule({ tests })], []);
    expect(lastLine(summary)).toBe("2 passed, 1 failed");
    expect(isGood(summary, { ci: false })).toBe(false);
  });

  test("puts a label before the last line", () => {
    const summary = summarise([reportedModule({ tests: [reportedTest("passed")] })], []);
    expect(summaryLines(summary, { ci: false, label: "node24" })).toEqual([
      "node24: 1 passed, 0 failed",
    ]);
    expect(isGood(summary, { ci: true })).toBe(true);
  });

  test("counts a contract per provider, in the order of their names", () => {
    const tests = [
      reportedTest("passed", { contract: "vault" }),
      reportedTest("failed", { contract: "memory" }),
      reportedTest("passed", { contract: "memory" }),
    ];
    expect(summaryLines(summarise([reportedModule({ tests })], []), { ci: false })).toEqual([
      "contract memory: 1 passed, 1 failed",
      "contract vault: 1 passed, 0 failed",
      "2 passed, 1 failed",
    ]);
  });

  test("counts the tests that ran against real servers, and not the skipped ones", () => {
    const tests = [
      reportedTest("passed", { realServers: ["vault", "postgres"] }),
      reportedTest("passed", { realServers: ["vault"] }),
      reportedTest("skipped", { realServers: ["vault"] }),
    ];
    expect(summaryLines(summarise([reportedModule({ tests })], []), { ci: false })).toEqual([
      "real Vault: 2 tests",
      "real PostgreSQL: 1 test",
      "skipped: 1",
      "2 passed, 0 failed",
    ]);
  });

  test("fails a run without any test", () => {
    const summary = summarise([], []);
    expect(lastLine(summary)).toBe("0 passed, 0 failed");
    expect(isGood(summary, { ci: false })).toBe(false);
  });

  test("fails a run in which a file could not be loaded", () => {
    const broken = reportedModule({ errors: [{ name: "SyntaxError", message: "no" }] });
    const summary = summarise([reportedModule({ tests: [reportedTest("passed")] }), broken], []);
    expect(lastLine(summary)).toBe("1 passed, 1 failed");
    expect(isGood(summary, { ci: false })).toBe(false);
  });

  test("fails a run in which a hook of a suite failed", () => {
    const summary = summarise(
      [reportedModule({ tests: [reportedTest("passed")], suiteErrors: [{ message: "no" }] })],
      [],
    );
    expect(lastLine(summary)).toBe("1 passed, 1 failed");
    expect(isGood(summary, { ci: false })).toBe(false);
  });

  test("fails a run with an error that no test caught", () => {
    const summary = summarise(
      [reportedModule({ tests: [reportedTest("passed")] })],
      [new Error("late")],
    );
    expect(lastLine(summary)).toBe("1 passed, 1 failed");
    expect(isGood(summary, { ci: false })).toBe(false);
  });

  test("counts a test without a result as failed", () => {
    const summary = summarise([reportedModule({ tests: [reportedTest("pending")] })], []);
    expect(lastLine(summary)).toBe("0 passed, 1 failed");
  });

  test("tells loudly of a file that lacks its server, and fails it in CI alone", () => {
    const lacking = reportedModule({
      errors: [{ name: "ServerUnavailableError", message: "Vault: Go is not on PATH." }],
    });
    const summary = summarise([reportedModule({ tests: [reportedTest("passed")] }), lacking], []);
    expect(summaryLines(summary, { ci: false }).join("\n")).toContain(
      "COULD NOT RUN: 1 test file lacks its server, and nothing in there was tested\n" +
        "  packages/a/test/a.test.ts: Vault: Go is not on PATH.",
    );
    expect(lastLine(summary)).toBe("1 passed, 0 failed");
    expect(isGood(summary, { ci: false })).toBe(true);
    expect(lastLine(summary, true)).toBe("1 passed, 1 failed");
    expect(isGood(summary, { ci: true })).toBe(false);
  });
});
