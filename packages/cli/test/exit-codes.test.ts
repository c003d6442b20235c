import { readFile } from "node:fs/promises";
import { errorCodes } from "@kinko/core";
import { expect, test } from "vitest";
import { exitCodeRows, exitCodes } from "../src/exit-codes.js";

test("every failure of a store has an exit code, and no two share one", () => {
  expect(Object.keys(exitCodes)).toEqual(expect.arrayContaining([...errorCodes]));
  const codes = Object.values(exitCodes);
  expect(new Set(codes).size).toBe(codes.length);
});

test("exit codes stay clear of those of shells and of sysexits.h", () => {
  const { Cancelled, PipeClosed, ...own } = exitCodes;
  for (const code of Object.values(own)) expect(code >= 0 && code < 64).toBe(true);
  // The two that shells give as well when a signal ends a command: INT and PIPE.
  expect([Cancelled, PipeClosed]).toEqual([128 + 2, 128 + 13]);
});

test("the README has the table of exit codes", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const rows = exitCodeRows().map(
    ({ code, name, meaning }) => `| ${code} | ${name} | ${meaning} |`,
  );
  expect(readme).toContain(rows.join("\n"));
});
