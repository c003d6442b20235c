import { readFileSync } from "node:fs";
import { loadConfig } from "@kinko/core/config";
import { expect, test, vi } from "vitest";

test("prints what the guide shows", async () => {
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  try {
    await import("../src/outage.mjs");
  } finally {
    log.mockRestore();
  }
  const guide = readFileSync(
    new URL("../../../docs/guides/resilience.md", import.meta.url),
    "utf8",
  );
  expect(lines).toContain("refused: PermissionDenied");
  expect(guide).toContain(`\`\`\`text\n${lines.join("\n")}\n\`\`\``);
});

test("has a config that is accepted", async () => {
  const config = new URL("../kinko.config.yaml", import.meta.url).pathname;
  expect((await loadConfig({ config, env: {} })).config.resilience).toMatchObject({
    failover: ["aws"],
  });
});
