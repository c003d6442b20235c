// pnpm bench:vault [--check] [--rounds N]: reads of Kinko's Vault provider against
// node-vault as it is shipped, on the same real Vault, in turns within one run.
import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { isFile, workspaceRoot } from "../tools/lib/workspace.mjs";
import { reportFigures } from "./lib/figures.mjs";
import { interleave } from "./lib/interleave.mjs";
import { runNode } from "./lib/process.mjs";
import { median } from "./lib/statistics.mjs";

const { values: options } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    rounds: { type: "string", default: "15" },
  },
});
const rounds = Number(options.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error("--rounds takes a whole number from 1.");

const readsPerSample = 300;
const concurrency = 16;
const value = "a value that only this run knows";

const coreFile = builtFile("packages/core/dist/index.js");
const providerFile = builtFile("packages/provider-vault/dist/index.js");
const { createStore, silentLogger, systemClock } = await import(pathToFileURL(coreFile).href);
const { provider } = await import(pathToFileURL(providerFile).href);
const { startVault, startVaultTls } = await import(
  pathToFileURL(builtFile("tools/servers/dist/index.js")).href
);
const requireFromProvider = createRequire(
  join(workspaceRoot, "packages/provider-vault/package.json"),
);
const nodeVaultFile = requireFromProvider.resolve("node-vault");
const createNodeVault = requireFromProvider("node-vault");

const folder = mkdtempSync(join(tmpdir(), "kinko-vault-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const [plain, tls] = await Promise.all([startVault(), startVaultTls()]);
try {
  process.exitCode = reportFigures([...(await throughput()), ...(await firstSecret())], {
    check: options.check,
  });
} finally {
  await Promise.all([plain.stop(), tls.stop()]);
}

/** @returns {Promise<import("./lib/figures.mjs").Figure[]>} */
async function throughput() {
  /** @type {Record<string, () => Promise<void>>} */
  const reads = {};
  const stores = [];
  for (const [name, vault] of Object.entries({ http: plain, https: tls })) {
    const mount = "bench";
    await vault.request("POST", `sys/mounts/${mount}`, { type: "kv", options: { version: "2" } });
    const store = await openStore(vault, mount);
    stores.push(store);
    await writeWhenReady(store);
    const client = createNodeVault({
      endpoint: vault.address,
      token: vault.rootToken,
      ...(vault.ca === undefined ? {} : { requestOptions: { ca: vault.ca } }),
    });
    reads[`${name}-kinko`] = async () => {
      const secret = await store.get("app/db");
      if (secret.text() !== value) throw new Error("Kinko read another value than was written.");
    };
    reads[`${name}-node-vault`] = async () => {
      const { data } = await client.read(`${mount}/data/app/db`);
      if (data.data.value !== value)
        throw new Error("node-vault read another value than was written.");
    };
  }
  /** @type {Record<string, number[]>} */
  const cpu = {};
  const cases = Object.fromEntries(
    Object.entries(reads).map(([name, read]) => [
      name,
      async () => {
        const cpuBefore = process.cpuUsage();
        const startMs = performance.now();
        await many(read);
        const elapsedMs = performance.now() - startMs;
        const { user, system } = process.cpuUsage(cpuBefore);
        (cpu[name] ??= []).push((user + system) / readsPerSample);
        return (readsPerSample / elapsedMs) * 1_000;
      },
    ]),
  );
  const samples = await interleave(cases, { rounds });
  for (const store of stores) await store.close();
  /** @param {string} name */
  const perSecond = (name) => median(samples[name] ?? []);
  /** @param {string} name */
  const cpuUs = (name) => median(cpu[name] ?? []);
  return [
    ...Object.keys(reads).flatMap((name) => [
      { name: `vault-${name}-reads-per-second`, value: perSecond(name) },
      { name: `vault-${name}-client-cpu-us-per-read`, value: cpuUs(name) },
    ]),
    {
      name: "vault-http-reads-ratio",
      value: perSecond("http-kinko") / perSecond("http-node-vault"),
      atLeast: 1.5,
    },
    {
      name: "vault-https-reads-ratio",
      value: perSecond("https-kinko") / perSecond("https-node-vault"),
      atLeast: 6,
    },
  ];
}

/** @returns {Promise<import("./lib/figures.mjs").Figure[]>} */
async function firstSecret() {
  const env = { ...process.env, VAULT_ADDR: plain.address, VAULT_TOKEN: plain.rootToken };
  const kinko = join(folder, "kinko.mjs");
  writeFileSync(
    kinko,
    `import { createStore, silentLogger, systemClock } from ${url(coreFile)};
import { provider } from ${url(providerFile)};
const context = { clock: systemClock, logger: silentLogger, directory: ".", env: process.env, timeoutMs: 10000 };
const store = createStore("vault", await provider.create({ mount: "bench" }, context));
if ((await store.get("app/db")).text() !== ${JSON.stringify(value)}) process.exit(1);
`,
  );
  const nodeVault = join(folder, "node-vault.mjs");
  writeFileSync(
    nodeVault,
    `import createNodeVault from ${url(nodeVaultFile)};
const { data } = await createNodeVault().read("bench/data/app/db");
if (data.data.value !== ${JSON.stringify(value)}) process.exit(1);
`,
  );
  /** @param {string[]} args */
  const timed = (args) => async () => (await runNode(args, { env, cwd: folder })).elapsedMs;
  const samples = await interleave(
    { node: timed(["-e", "0"]), kinko: timed([kinko]), nodeVault: timed([nodeVault]) },
    { rounds },
  );
  return [
    { name: "node-e-0-ms", value: median(samples.node) },
    { name: "vault-first-secret-kinko-ms", value: median(samples.kinko) },
    { name: "vault-first-secret-node-vault-ms", value: median(samples.nodeVault) },
  ];
}

/** @param {() => Promise<void>} read */
async function many(read) {
  let left = readsPerSample;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await read();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

/**
 * @param {{ address: string, rootToken: string, ca?: string }} vault
 * @param {string} mount
 */
async function openStore(vault, mount) {
  const context = {
    clock: systemClock,
    logger: silentLogger,
    directory: folder,
    env: {},
    timeoutMs: 10_000,
  };
  const driver = await provider.create(
    {
      address: vault.address,
      mount,
      auth: { method: "token", token: vault.rootToken },
      ...(vault.ca === undefined ? {} : { tls: { ca: vault.ca } }),
    },
    context,
  );
  return createStore("vault", driver);
}

/**
 * A new mount sets its storage up in the background.
 *
 * @param {{ put(ref: string, value: string): Promise<unknown> }} store
 */
async function writeWhenReady(store) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await store.put("app/db", value);
      return;
    } catch (error) {
      if (attempt === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** @param {string} file */
function url(file) {
  return JSON.stringify(pathToFileURL(file).href);
}

/** @param {string} path inside the workspace */
function builtFile(path) {
  const absolute = join(workspaceRoot, path);
  if (isFile(absolute)) return absolute;
  throw new Error(`${path} does not exist. Run: npx -y pnpm@12.21.0 build`);
}
