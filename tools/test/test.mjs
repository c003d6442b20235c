// `pnpm test [arguments for vitest]`: builds, gets the real servers, and runs every test. The last
// line is `N passed, N failed`.
import { runToEnd, runVitest } from "./run-vitest.mjs";

const args = process.argv.slice(2);

// Tests of the command line and of packed packages run what is built.
const built = await runToEnd(process.execPath, ["tools/build/build.mjs"]);
if (built !== 0) {
  console.error("No test was run, because the build failed.");
  process.exit(1);
}

if (!unitTestsOnly(args)) {
  // What cannot be had is told here and again by the suites that need it, so the run goes on.
  await runToEnd(process.execPath, ["tools/servers/dist/main.js", "prepare"]);
}

process.exitCode = await runVitest({ args });

/** @param {readonly string[]} args */
function unitTestsOnly(args) {
  return /(^| )--project[ =]unit( |$)/.test(args.join(" "));
}
