import { parseArgs } from "node:util";
import { helpText } from "./cli/help.js";
import { prepare } from "./cli/prepare.js";
import { isServerName, serverNames } from "./cli/servers.js";
import { start } from "./cli/start.js";
import { showStatus } from "./cli/status.js";
import { ServerStartError, ServerUnavailableError } from "./errors.js";

/** Exit codes: 0 done, 1 a server is not to be had or did not start, 2 wrong use. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: "boolean", short: "h" } },
  });
  const [command, ...names] = positionals;
  if (values.help === true || command === undefined || command === "help") {
    process.stdout.write(helpText);
    return command === undefined && values.help !== true ? 2 : 0;
  }
  const unknown = names.find((name) => !isServerName(name));
  if (unknown !== undefined) {
    return misuse(
      `There is no server ${unknown}. Name one or more of ${serverNames.join(", ")}, or none for all.`,
    );
  }
  const chosen = names.length === 0 ? serverNames : names.filter(isServerName);
  switch (command) {
    case "start":
      await start(chosen);
      return 0;
    case "prepare":
      return (await prepare(chosen)) ? 0 : 1;
    case "status":
      await showStatus();
      return 0;
    default:
      return misuse(`There is no command ${command}. See "pnpm servers --help".`);
  }
}

function misuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return 2;
}

try {
  process.exitCode = await main();
} catch (error) {
  const expected = error instanceof ServerUnavailableError || error instanceof ServerStartError;
  const badOption =
    error instanceof TypeError &&
    "code" in error &&
    String(error.code).startsWith("ERR_PARSE_ARGS");
  if (!expected && !badOption) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = badOption ? 2 : 1;
}
