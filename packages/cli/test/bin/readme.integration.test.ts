import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createBinHarness } from "../support/bin.js";

test("the tour of the README is what really happens", { timeout: 120_000 }, async () => {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const tour = /```console\n([\s\S]*?)```/u.exec(readme)?.[1] ?? "";
  const steps = tour
    .split(/^\$ /mu)
    .slice(1)
    .map(
      (text) => [text.slice(0, text.indexOf("\n")), text.slice(text.indexOf("\n") + 1)] as const,
    );
  expect(steps.length).toBeGreaterThan(10);
  const cli = await createBinHarness();
  try {
    const directory = join(cli.directory, "home", "demo");
    await mkdir(directory, { recursive: true });
    for (const [command, expected] of steps) {
      const script = `cd "$HOME/demo" && { ${command}\n} 2>&1`;
      const { stdout } = await cli.exec("sh", ["-c", script]);
      expect(steady(stdout.replaceAll(join(cli.directory, "home"), "/home/me")), command).toBe(
        steady(expected),
      );
    }
  } finally {
    await cli.remove();
  }
});

/** Without what differs from run to run: keys and times. */
function steady(text: string): string {
  return text
    .replaceAll(/age1[a-z0-9]{58}/gu, "KEY")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/gu, "TIME");
}
