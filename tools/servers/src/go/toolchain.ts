import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ServerUnavailableError } from "../errors.js";
import { runTool } from "../process/run-tool.js";

/**
 * Checks that the Go on PATH is new enough for a module, by the `go` line of its go.mod.
 *
 * @param name of the program, for the message
 * @throws ServerUnavailableError that says which Go to install
 */
export async function requireGo(
  name: string,
  moduleFolder: string,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const wanted =
    /^go (\d+\.\d+)/m.exec(readFileSync(join(moduleFolder, "go.mod"), "utf8"))?.[1] ?? "1.25";
  const install = `Install Go ${wanted} or newer (https://go.dev/dl/) and put it on PATH`;
  const output = await runTool("go", ["env", "GOVERSION"], {
    environment: goEnvironment(environment),
    timeoutMs: 30_000,
  });
  const found = /^go(\d+\.\d+)/.exec(output.stdout.trim())?.[1];
  if (!output.ok || found === undefined) {
    throw new ServerUnavailableError(`${name} has to be built, and Go is not on PATH. ${install}.`);
  }
  if (!isAtLeast(found, wanted)) {
    throw new ServerUnavailableError(
      `${name} has to be built, and the Go on PATH is ${found}. ${install}.`,
    );
  }
}

/** The environment for `go`: it must use what is installed, and not fetch another toolchain by itself. */
export function goEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...environment, GOTOOLCHAIN: "local" };
}

function isAtLeast(found: string, wanted: string): boolean {
  const [foundMajor = 0, foundMinor = 0] = found.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return foundMajor > wantedMajor || (foundMajor === wantedMajor && foundMinor >= wantedMinor);
}
