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
      readonly status: string;
    }[];
  }[];
}

const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));
const vitest = join(
  dirname(createRequire(import.meta.url).resolve("vitest/package.json")),
  "vitest.mjs",
);

/** Faults in which a provider failed a test, by its name. */
const failed = new Map<string, Set<string>>();

beforeAll(async () => {
  const args = ["run", "broken-in-faults", "--root", fixtures];
  const config = ["--config", join(fixtures, "vitest.config.ts"), "--reporter=json"];
  // It is expected to fail, with the report on its standard output.
  const output: unknown = await promisify(execFile)(
    process.execPath,
    [vitest, ...args, ...config],
    {
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, VITEST: undefined, CI: undefined },
    },
  ).catch((error: unknown) => error);
  const report = JSON.parse((output as { readonly stdout: string }).stdout) as Report;
  for (const { ancestorTitles, status } of report.testResults.flatMap(
    (file) => file.assertionResults,
  )) {
    const [suite = "", fault = "closing"] = ancestorTitles;
    const name = suite.replace("faults of ", "");
    const faults = failed.get(name) ?? new Set();
    failed.set(name, faults);
    if (status !== "passed") faults.add(fault);
  }
}, 180_000);

describe("the fault suite", () => {
  test("is kept by a sound provider", () => {
    expect(failed.get("sound")).toEqual(new Set());
  });

  test.each([
    ["takes an outage for absence", "nothing listens"],
    ["takes an outage for absence", "half of the answer arrives, then the connection is cut"],
    ["calls everything internal", "every connection is reset"],
    ["quotes its token", "every connection is cut"],
    ["leaves sockets open", "the line is long"],
  ])("is broken by a provider that %s, when %s", (name, fault) => {
    expect(failed.get(name)).toContain(fault);
  });
});
