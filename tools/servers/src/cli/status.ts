import { isRunning } from "../../watchdog/identity.mjs";
import { readRuns } from "../../watchdog/sweep.mjs";
import { findMoto } from "../moto/install.js";
import { findPostgresBinaries } from "../postgres/find.js";
import { runsFolder } from "../process/run-folder.js";
import { findVaultBinary } from "../vault/find.js";

/** Prints where each server would come from, and which ones run. Starts, builds and installs nothing. */
export async function showStatus(environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  const lines = [
    `vault     ${await vaultSource(environment)}`,
    `postgres  ${await postgresSource(environment)}`,
    `moto      ${await motoSource(environment)}`,
    "",
    ...runningServers(),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

async function vaultSource(environment: NodeJS.ProcessEnv): Promise<string> {
  if (environment["KINKO_TEST_VAULT_ADDR"])
    return "from KINKO_TEST_VAULT_ADDR (vault-tls as without it)";
  const binary = await findVaultBinary({ environment });
  if (binary === undefined)
    return 'not there yet; "pnpm servers prepare" gets it, by building in about 10 minutes';
  return `version ${binary.version}, ${binary.source}${binary.source === "PATH" ? "" : `, ${binary.path}`}`;
}

async function postgresSource(environment: NodeJS.ProcessEnv): Promise<string> {
  if (environment["KINKO_TEST_POSTGRES_URL"]) return "from KINKO_TEST_POSTGRES_URL";
  const binaries = await findPostgresBinaries({ environment });
  if (binaries === undefined)
    return 'not installed; "pnpm servers prepare" installs it on Debian as root';
  return `version ${binaries.version}, ${binaries.folder}`;
}

async function motoSource(environment: NodeJS.ProcessEnv): Promise<string> {
  if (environment["KINKO_TEST_MOTO_URL"]) return "from KINKO_TEST_MOTO_URL";
  const moto = await findMoto({ environment });
  if (moto === undefined) return 'not installed; "pnpm servers prepare" installs it with pip';
  return `version ${moto.version}, ${moto.python}`;
}

function runningServers(): string[] {
  const running = readRuns(runsFolder()).flatMap(({ folder, record }) =>
    record.processes
      .filter(isRunning)
      .map(
        ({ pid }) =>
          `running   ${record.server}, process ${pid}, started by process ${record.owner.pid}, ${folder}`,
      ),
  );
  return running.length === 0 ? ["none running"] : running;
}
