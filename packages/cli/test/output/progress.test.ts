import { PassThrough } from "node:stream";
import { FakeClock } from "@kinko/testing";
import { expect, test } from "vitest";
import { formatBytes, progressBar } from "../../src/output/progress.js";
import type { CommandContext } from "../../src/command.js";

function setUp(options: { readonly isTTY: boolean; readonly quiet?: boolean }) {
  const stderr = Object.assign(new PassThrough(), { isTTY: options.isTTY });
  const clock = new FakeClock();
  const context = {
    io: { stderr, clock },
    globals: { quiet: options.quiet === true, json: false },
  } as unknown as CommandContext;
  const shown = (): string => String(stderr.read() ?? "");
  return { bar: progressBar(context, (done) => `${done} lines`), clock, shown };
}

test("a bar shows how far it is, not more often than eyes can follow, and goes away", async () => {
  const { bar, clock, shown } = setUp({ isTTY: true });
  bar.show(1, 4);
  expect(shown()).toBe(`\r[${"#".repeat(7)}${".".repeat(23)}] 25 % 1 lines`);
  bar.show(2, 4);
  expect(shown()).toBe("");
  await clock.advance(100);
  bar.show(2, undefined);
  expect(shown()).toMatch(/^\r2 lines +$/u);
  bar.show(4, 4);
  expect(shown()).toContain("100 % 4 lines");
  bar.end();
  expect(shown()).toMatch(/^\r +\r$/u);
  bar.end();
  expect(shown()).toBe("");
});

test.each([{ isTTY: false }, { isTTY: true, quiet: true }])("%j: nothing is shown", (options) => {
  const { bar, shown } = setUp(options);
  bar.show(1, 1);
  bar.end();
  expect(shown()).toBe("");
});

test("bytes are told in a unit that fits", () => {
  expect([0, 1_023, 1_536, 10 * 1024 * 1024].map(formatBytes)).toEqual([
    "0 bytes",
    "1023 bytes",
    "1.5 KiB",
    "10.0 MiB",
  ]);
});
