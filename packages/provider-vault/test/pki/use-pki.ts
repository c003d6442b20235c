import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { realVault, type RealVault } from "@kinko/servers/vitest";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import type { PkiCapability, PkiChain } from "../../src/pki/types.js";
import { openEngines, uniqueName } from "../engine-store.js";

const run = promisify(execFile);

/** The chain of row B9 on mounts of the calling file's own. */
export interface PkiMounts {
  readonly vault: RealVault;
  readonly rootMount: string;
  readonly mount: string;
  readonly chain: () => PkiChain;
  /** The capability at the mount of the intermediate. */
  readonly pki: (token?: string) => PkiCapability;
}

/** Call it at the top of an integration test file. */
export function usePki(): PkiMounts {
  const vault = realVault();
  const rootMount = uniqueName("pki-root");
  const mount = uniqueName("pki-int");
  let chain: PkiChain | undefined;
  const pki = (token?: string): PkiCapability =>
    openEngines(vault, token === undefined ? {} : { token })
      .as("pki")
      .at(mount);
  beforeAll(async () => {
    const { openVaultStore } = await import("../support.js");
    const store = openVaultStore({
      address: vault.address,
      auth: { method: "token", token: vault.token },
    });
    chain = await store.as("pki").createChain({
      root: { mount: rootMount, commonName: "Example Root" },
      intermediate: { mount, commonName: "Example Intermediate" },
      role: {
        name: "web",
        allowedDomains: ["example.com"],
        allowSubdomains: true,
        allowLocalhost: true,
        allowBareDomains: true,
        allowIpSans: true,
      },
      publicAddress: vault.address,
    });
    await store.close();
  });
  afterAll(async () => {
    await vault.request("DELETE", `sys/mounts/${mount}`);
    await vault.request("DELETE", `sys/mounts/${rootMount}`);
  });
  return {
    vault,
    rootMount,
    mount,
    pki,
    chain() {
      if (chain === undefined) throw new Error("The chain was not made.");
      return chain;
    },
  };
}

/** Writes files into a folder of the calling test, and runs openssl there. */
export async function openssl(
  files: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kinko-pki-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text, { mode: 0o600 });
  }
  return (await run("openssl", [...words], { cwd: folder })).stdout;
}
