// `pnpm test:node24 [arguments for vitest]`: runs the unit tests under Node 24. The last line is
// `node24: N passed, N failed`.
import { node24Path } from "../node24/index.mjs";
import { runVitest } from "./run-vitest.mjs";

const node = node24Path();
if (node === undefined) {
  console.error(
    "There is no Node 24 for this platform in the workspace. Run the unit tests with your own: " +
      "node node_modules/vitest/vitest.mjs run --project unit",
  );
  process.exit(1);
}

process.exitCode = await runVitest({
  args: ["--project", "unit", ...process.argv.slice(2)],
  node,
  label: "node24",
});
