import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { logTail } from "../src/process/log-tail.js";
import { temporaryFolder } from "./temporary-folder.js";

test("answers the last lines of a long log", () => {
  const path = join(temporaryFolder(), "server.log");
  writeFileSync(path, Array.from({ length: 5000 }, (_, index) => `line ${index}\n`).join(""));
  expect(logTail(path, [], 3)).toBe("line 4997\nline 4998\nline 4999");
});

test("takes out what the server printed of keys and tokens, and what the caller names", () => {
  const path = join(temporaryFolder(), "server.log");
  writeFileSync(path, "Unseal Key: abc=\nRoot Token: hvs.def\nlogin with pa$$word failed\n");
  expect(logTail(path, ["pa$$word", ""])).toBe(
    "Unseal Key: [hidden]\nRoot Token: [hidden]\nlogin with [hidden] failed",
  );
});

test("says so when there is no log", () => {
  expect(logTail(join(temporaryFolder(), "server.log"))).toBe("(no log was written)");
});
