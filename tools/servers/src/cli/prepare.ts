import { ensureDebianPackages } from "../debian-packages.js";
import { ServerUnavailableError } from "../errors.js";
import { externalMoto } from "../moto/external.js";
import { prepareMoto } from "../moto/install.js";
import { externalPostgres } from "../postgres/external.js";
import { preparePostgresBinaries } from "../postgres/find.js";
import { reportOnStderr } from "../progress.js";
import { externalVault } from "../vault/external.js";
import { prepareVaultBinary } from "../vault/find.js";
import type { ServerName } from "./servers.js";

/**
 * Gets what the tests need without starting anything: finds, builds or installs. Says for each what
 * it found, goes on after one that is not to be had, and answers whether all are there.
 */
export async function prepare(names: readonly ServerName[]): Promise<boolean> {
  const steps: [string, () => Promise<string>][] = [];
  if (names.includes("vault") || names.includes("vault-tls")) steps.push(["Vault", prepareVault]);
  if (names.includes("postgres")) steps.push(["PostgreSQL", preparePostgres]);
  if (names.includes("moto")) steps.push(["moto", prepareMotoStep]);
  steps.push(["age, openssl, strace", prepareTools]);

  let complete = true;
  for (const [title, step] of steps) {
    try {
      reportOnStderr(`${title}: ${await step()}`);
    } catch (error) {
      if (!(error instanceof ServerUnavailableError)) throw error;
      reportOnStderr(`${title}: NOT AVAILABLE. ${error.message}`);
      complete = false;
    }
  }
  return complete;
}

async function prepareVault(): Promise<string> {
  const external = await externalVault();
  if (external !== undefined) return `version ${external.version}, from KINKO_TEST_VAULT_ADDR`;
  const { version, source, path } = await prepareVaultBinary();
  return `version ${version}, ${source}${source === "PATH" ? "" : `, ${path}`}`;
}

async function preparePostgres(): Promise<string> {
  if (externalPostgres() !== undefined) return "from KINKO_TEST_POSTGRES_URL";
  const { version, folder } = await preparePostgresBinaries();
  return `version ${version}, ${folder}`;
}

async function prepareMotoStep(): Promise<string> {
  if ((await externalMoto()) !== undefined) return "from KINKO_TEST_MOTO_URL";
  const { version, python } = await prepareMoto();
  return `version ${version}, ${python}`;
}

async function prepareTools(): Promise<string> {
  await ensureDebianPackages(["age", "openssl", "strace"]);
  return "installed";
}
