// pnpm typecheck: every tsconfig.json of the workspace (packages, their tests, tools, examples, bench)
// in one tsc. There is no list of references at the root, so that a new package needs no edit here.
import { basename, dirname, join, sep } from "node:path";
import { buildProjects } from "../lib/typescript.mjs";
import { listFiles, workspaceRoot } from "../lib/workspace.mjs";

/** Folders whose tsconfig.json belongs to something that is built, or to a test's bad example. */
const skipped = new Set(["dist", "fixtures", "coverage"]);

const projects = ["packages", "tools", "examples", "bench", "docs"]
  .flatMap((folder) =>
    listFiles(join(workspaceRoot, folder), (path) => basename(path) === "tsconfig.json"),
  )
  .map((path) => dirname(path))
  .filter((folder) => !folder.split(sep).some((part) => skipped.has(part)));

const report = await buildProjects(projects);
if (report === "") {
  console.log(`typecheck: ${projects.length} projects are sound`);
} else {
  console.error(report);
  process.exitCode = 1;
}
