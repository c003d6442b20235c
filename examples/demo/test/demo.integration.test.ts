import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const demo = join(dirname(dirname(fileURLToPath(import.meta.url))), "demo.mjs");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kinko-demo-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the demo with a temporary folder of its own, without a terminal and without stdin. */
function run(env: NodeJS.ProcessEnv = {}): Promise<{ exitCode: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [demo],
      { env: { PATH: process.env["PATH"], TMPDIR: folder, ...env } },
      (_error, out, err) => resolve({ exitCode: child.exitCode ?? -1, out, err }),
    );
    child.stdin?.end();
  });
}

test("the demo runs from init to the decision, says nothing on stderr, and leaves nothing", async () => {
  const { exitCode, out, err } = await run();
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
  expect([...out.matchAll(/^(\d)\. /gmu)].map((match) => match[1]).join("")).toBe("1234567");
  expect(out).not.toContain(folder);
  expect(readdirSync(folder)).toEqual([]);
});

test("a step that fails is named, ends the demo with 1, and leaves nothing", async () => {
  const tools = mkdtempSync(join(tmpdir(), "kinko-demo-tools-"));
  try {
    // Secrets of the demo come from base64; here it fails.
    writeFileSync(join(tools, "base64"), "#!/bin/sh\ncat >/dev/null\nexit 0\n");
    chmodSync(join(tools, "base64"), 0o755);
    const { exitCode, err } = await run({ PATH: `${tools}:${process.env["PATH"] ?? ""}` });
    expect(exitCode).toBe(1);
    expect(err).toMatch(
      /The demo failed: "head -c 18 .* \| kinko set .*" ended with \d+, not with 0\./u,
    );
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(tools, { recursive: true });
  }
});
