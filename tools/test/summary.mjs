/**
 * What one run of vitest came to, in plain data.
 *
 * @typedef {object} Summary
 * @property {number} passed tests
 * @property {number} failed tests, plus files and suites that broke outside any test
 * @property {number} skipped tests
 * @property {number} unhandledErrors errors that no test caught
 * @property {Record<string, { passed: number, failed: number }>} contracts by provider
 * @property {Record<string, number>} realServers tests that ran, by server
 * @property {{ file: string, reason: string }[]} couldNotRun files whose server is not to be had
 */

/**
 * The parts of vitest's reported modules that are read here.
 *
 * @typedef {object} ReportedTest
 * @property {() => { state: string }} result
 * @property {() => { contract?: unknown, realServers?: readonly string[] }} meta
 *
 * @typedef {object} ReportedSuite
 * @property {() => readonly { name?: string, message: string }[]} errors
 *
 * @typedef {ReportedSuite & {
 *   relativeModuleId: string,
 *   children: { allTests(): Iterable<ReportedTest>, allSuites(): Iterable<ReportedSuite> },
 * }} ReportedModule
 */

/** Servers as they are named in the last lines. */
const serverTitles = /** @type {const} */ ({
  vault: "Vault",
  postgres: "PostgreSQL",
  moto: "moto",
});

/** The error of `@kinko/servers` that means: nothing is wrong with the code, this machine lacks a server. */
const unavailable = "ServerUnavailableError";

/**
 * @param {readonly ReportedModule[]} modules
 * @param {readonly unknown[]} unhandledErrors
 * @returns {Summary}
 */
export function summarise(modules, unhandledErrors) {
  /** @type {Summary} */
  const summary = {
    passed: 0,
    failed: 0,
    skipped: 0,
    unhandledErrors: unhandledErrors.length,
    contracts: {},
    realServers: {},
    couldNotRun: [],
  };
  for (const module of modules) {
    for (const error of module.errors()) {
      if (error.name === unavailable) {
        summary.couldNotRun.push({ file: module.relativeModuleId, reason: error.message });
      } else {
        summary.failed += 1;
      }
    }
    // A suite's own errors are those of its hooks; its tests are then reported as skipped.
    for (const suite of module.children.allSuites()) summary.failed += suite.errors().length;
    for (const test of module.children.allTests()) count(summary, test);
  }
  return summary;
}

/**
 * @param {Summary} summary
 * @param {ReportedTest} test
 */
function count(summary, test) {
  const { state } = test.result();
  // Not "passed": a test that never got a result, because its process died, did not pass.
  const outcome = state === "passed" || state === "skipped" ? state : "failed";
  summary[outcome] += 1;
  if (outcome === "skipped") return;
  const { contract, realServers = [] } = test.meta();
  if (typeof contract === "string") {
    const counts = (summary.contracts[contract] ??= { passed: 0, failed: 0 });
    counts[outcome] += 1;
  }
  for (const server of realServers) {
    summary.realServers[server] = (summary.realServers[server] ?? 0) + 1;
  }
}

/**
 * Whether the run is good. A file that lacks its server does not fail a run on a developer's machine,
 * and does in CI, where every server has to be there.
 *
 * @param {Summary} summary
 * @param {{ ci: boolean }} options
 */
export function isGood(summary, { ci }) {
  if (summary.failed > 0 || summary.unhandledErrors > 0 || summary.passed === 0) return false;
  return !ci || summary.couldNotRun.length === 0;
}

/**
 * The last lines of a run, without colours. The very last one is `N passed, N failed`, after `label`.
 *
 * @param {Summary} summary
 * @param {{ ci: boolean, label?: string }} options
 * @returns {string[]}
 */
export function summaryLines(summary, { ci, label }) {
  const lines = Object.entries(summary.contracts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { passed, failed }]) => `contract ${name}: ${passed} passed, ${failed} failed`);
  for (const [server, title] of Object.entries(serverTitles)) {
    const tests = summary.realServers[server] ?? 0;
    if (tests > 0) lines.push(`real ${title}: ${tests} ${tests === 1 ? "test" : "tests"}`);
  }
  if (summary.couldNotRun.length > 0) {
    const count = summary.couldNotRun.length;
    lines.push(
      "",
      `COULD NOT RUN: ${count} test ${count === 1 ? "file lacks its server" : "files lack their server"}` +
        (ci ? ", which is a failure in CI" : ", and nothing in there was tested"),
    );
    for (const { file, reason } of summary.couldNotRun) lines.push(`  ${file}: ${reason}`);
    lines.push("");
  }
  if (summary.skipped > 0) lines.push(`skipped: ${summary.skipped}`);
  if (summary.unhandledErrors > 0)
    lines.push(`errors outside any test: ${summary.unhandledErrors}`);
  const failed = summary.failed + summary.unhandledErrors + (ci ? summary.couldNotRun.length : 0);
  lines.push(
    `${label === undefined ? "" : `${label}: `}${summary.passed} passed, ${failed} failed`,
  );
  return lines;
}
