import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const runner = fileURLToPath(new URL("../resilience.mjs", import.meta.url));
const minutes = 25 / 60;

test(
  "25 seconds of random faults: every value read was once written, none is too old, no socket is left",
  { timeout: 180_000 },
  async ({ task }) => {
    Object.assign(task.meta, { realServers: ["vault"] });
    const seed = Date.now() % 1_000_000;
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--expose-gc",
      runner,
      "--only=soak",
      `--minutes=${minutes}`,
      `--seed=${seed}`,
    ]);
    // Shown when an expectation fails: the same seed brings the same faults.
    const figure = (name: string): number => {
      const match = new RegExp(`^${name} = (?<value>\\S+)`, "mu").exec(stdout);
      return Number(match?.groups?.["value"]);
    };
    expect(figure("soak-faults"), stdout).toBeGreaterThan(10);
    expect(figure("soak-reads"), stdout).toBeGreaterThan(
      figure("soak-reads-failed-with-a-passing-error"),
    );
    expect(figure("soak-values-never-written"), stdout).toBe(0);
    expect(figure("soak-values-too-old"), stdout).toBe(0);
    // The memory of half a minute says nothing; bench:resilience measures it over more.
    expect(Math.abs(figure("soak-file-descriptors-after-to-before")), stdout).toBeLessThanOrEqual(
      5,
    );
  },
);
