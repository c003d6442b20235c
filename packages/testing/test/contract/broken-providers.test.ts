import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));
const vitest = join(
  dirname(createRequire(import.meta.url).resolve("vitest/package.json")),
  "vitest.mjs",
);

/** Titles of failed tests by the name of the provider. */
const failed = new Map<string, string[]>();

beforeAll(async () => {
  const run = promisify(execFile)(
    process.execPath,
    [
      vitest,
      "run",
      "broken-providers",
      "--root",
      fixtures,
      "--config",
      join(fixtures, "vitest.config.ts"),
      "--reporter=json",
    ],
    { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, VITEST: undefined, CI: undefined } },
  );
  // It is expected to fail, with the report on its standard output.
  const output = await run.catch((error: unknown) => error);
  const report = JSON.parse((output as { readonly stdout: string }).stdout) as Report;
  for (const { ancestorTitles, title, status } of report.testResults.flatMap(
    (file) => file.assertionResults,
  )) {
    const name = (ancestorTitles[0] ?? "").replace("contract of ", "");
    const titles = failed.get(name) ?? [];
    failed.set(name, titles);
    if (status !== "passed") titles.push(title);
  }
}, 180_000);

describe("the contract", () => {
  test("is kept by a sound provider", () => {
    expect(failed.get("sound")).toEqual([]);
  });

  test.each([
    ["forgets the kind", "keeps JSON byte for byte"],
    ["trims text", "keeps text byte for byte"],
    ["drops __proto__", "keeps JSON byte for byte"],
    ["takes its own mark for the kind", "keeps JSON byte for byte"],
    ["ignores check-and-set", "writes only over the version that was expected"],
    ["checks first and sets later", "lets exactly one of many writers win over the same version"],
    ["matches prefixes by characters", "matches prefixes by whole segments"],
    ["ignores the page size", "names in pages, each name once"],
    ["loses the last name of a page", "names in pages, each name once"],
    ["quotes values in errors", "creates only when nothing is there"],
    ["leaves a cause in errors", "fails with NotFound for a name that was never written"],
    [
      "does not tell upper from lower case",
      "hostile names before any request, or keeps it exactly",
    ],
    ["writes outside of its namespace", "hostile names before any request, or keeps it exactly"],
    ["purges when it should delete softly", "makes a soft-deleted secret unreadable, as Deleted"],
    ["reports what was destroyed as missing", "destroys one version for good and keeps its number"],
    ["shows tags of its own", "shows no tag that nobody has written"],
    ["declares what it does not have", "offers the typed object of each feature that it declares"],
    [
      "ends leases of a sibling",
      "lists leases beneath a prefix, and ends them without those of a sibling",
    ],
    [
      "has what it does not declare, without a reason",
      "declares every feature, and says why one is missing",
    ],
  ])("is broken by a provider that %s", (name, title) => {
    expect(failed.get(name)?.filter((broken) => broken.includes(title))).toHaveLength(1);
  });
});
