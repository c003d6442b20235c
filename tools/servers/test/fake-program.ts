import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes an executable shell script, to stand on PATH in place of a program. */
export function fakeProgram(folder: string, name: string, script: string): void {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}
