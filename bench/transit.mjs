// pnpm bench:transit [--check] [--rounds N] [--file-mib N]: Vault's transit engine by Kinko against
// node-vault one by one on the same real Vault, in turns within one run; and a large file by envelope.
import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { isFile, workspaceRoot } from "../tools/lib/workspace.mjs";
import { reportFigures } from "./lib/figures.mjs";
import { interleave } from "./lib/interleave.mjs";
import { runNode } from "./lib/process.mjs";
import { median, medianRatio } from "./lib/statistics.mjs";

const { values: options } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    rounds: { type: "string", default: "9" },
    "file-mib": { type: "string", default: "1024" },
  },
});
const rounds = wholeNumber("rounds");
const fileMib = wholeNumber("file-mib");

const core = join(workspaceRoot, "packages/core");
const providerFile = builtFile("packages/provider-vault/dist/index.js");
const { createStore, silentLogger, systemClock } = await import(
  pathToFileURL(builtFile("packages/core/dist/index.js")).href
);
const { provider } = await import(pathToFileURL(providerFile).href);
const { startVault } = await import(pathToFileURL(builtFile("tools/servers/dist/index.js")).href);
const createNodeVault = createRequire(join(workspaceRoot, "packages/provider-vault/package.json"))(
  "node-vault",
);

const folder = mkdtempSync(join(tmpdir(), "kinko-transit-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const vault = await startVault();
try {
  const { address, rootToken: token } = vault;
  const context = {
    clock: systemClock,
    logger: silentLogger,
    directory: folder,
    env: {},
    timeoutMs: 30_000,
  };
  const driver = await provider.create({ address, auth: { method: "token", token } }, context);
  const store = createStore("vault", driver);
  const transit = store.as("transit");
  await transit.enable();
  await createKeyWhenReady(transit);
  const figures = [
    ...(await throughput(transit, createNodeVault({ endpoint: address, token }))),
    ...(await coalescing(transit)),
    ...(await largeFile({ VAULT_ADDR: address, VAULT_TOKEN: token })),
  ];
  await store.close();
  process.exitCode = reportFigures(figures, { check: options.check });
} finally {
  await vault.stop();
}

/**
 * Single calls of Kinko, as many as a program makes at once, against one call of node-vault after the
 * other: what the same program gets without Kinko.
 *
 * @param {any} transit
 * @param {any} nodeVault
 * @returns {Promise<import("./lib/figures.mjs").Figure[]>}
 */
async function throughput(transit, nodeVault) {
  /** @type {import("./lib/figures.mjs").Figure[]} */
  const figures = [];
  for (const { size, name, kinko, one, atLeast } of [
    { size: 100, name: "100-bytes", kinko: 20_000, one: 300, atLeast: 60 },
    { size: 4_096, name: "4-kib", kinko: 4_000, one: 300, atLeast: 8 },
  ]) {
    const plaintext = randomBytes(size);
    const base64 = plaintext.toString("base64");
    const samples = await interleave(
      {
        kinko: perSecond(kinko, async () => {
          await Promise.all(
            Array.from({ length: kinko }, () => transit.encrypt("bench", plaintext)),
          );
        }),
        nodeVault: perSecond(one, async () => {
          for (let index = 0; index < one; index += 1) {
            await nodeVault.write("transit/encrypt/bench", { plaintext: base64 });
          }
        }),
      },
      { rounds },
    );
    figures.push(
      { name: `transit-encrypt-${name}-kinko-per-second`, value: median(samples.kinko) },
      { name: `transit-encrypt-${name}-node-vault-per-second`, value: median(samples.nodeVault) },
      {
        name: `transit-encrypt-${name}-ratio`,
        value: medianRatio(samples.kinko, samples.nodeVault),
        atLeast,
      },
    );
  }
  return figures;
}

/**
 * The same 256 calls at once, with and without sharing requests. Without: each in a store of its own,
 * over the same connections, as calls of different stores never share a request.
 *
 * @param {any} transit
 * @returns {Promise<import("./lib/figures.mjs").Figure[]>}
 */
async function coalescing(transit) {
  const calls = 256;
  const plaintext = randomBytes(100);
  // Each gets a request of its own, as a lane of its own: other engines are other lanes.
  const apart = Array.from({ length: calls }, () => transit.at("transit"));
  await Promise.all(apart.map((each) => each.encrypt("bench", plaintext)));
  const samples = await interleave(
    {
      together: perSecond(calls, async () => {
        await Promise.all(Array.from({ length: calls }, () => transit.encrypt("bench", plaintext)));
      }),
      apart: perSecond(calls, async () => {
        await Promise.all(apart.map((each) => each.encrypt("bench", plaintext)));
      }),
    },
    { rounds: rounds * 3 },
  );
  return [
    { name: "transit-256-calls-coalesced-per-second", value: median(samples.together) },
    { name: "transit-256-calls-apart-per-second", value: median(samples.apart) },
    {
      name: "transit-256-calls-ratio",
      value: medianRatio(samples.together, samples.apart),
      atLeast: 12,
    },
  ];
}

/**
 * @param {Record<string, string>} env
 * @returns {Promise<import("./lib/figures.mjs").Figure[]>}
 */
async function largeFile(env) {
  const plain = join(folder, "plain");
  const sealed = join(folder, "sealed");
  const opened = join(folder, "opened");
  const expected = await writePseudoRandom(plain, fileMib);
  const worker = fileURLToPath(new URL("lib/transit-worker.mjs", import.meta.url));
  /** @param {string[]} args */
  const run = async (...args) => {
    const { stdout } = await runNode([worker, core, providerFile, ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
    });
    return JSON.parse(stdout);
  };
  const encrypted = await run("encrypt", plain, sealed);
  rmSync(plain);
  const decrypted = await run("decrypt", sealed, opened);
  const same = (await digestOf(opened)) === expected;
  /** @param {{ elapsedMs: number }} result */
  const speed = ({ elapsedMs }) => (fileMib / elapsedMs) * 1_000;
  const atMost = 150;
  return [
    { name: `envelope-${fileMib}-mib-encrypt-mib-per-second`, value: speed(encrypted) },
    { name: `envelope-${fileMib}-mib-decrypt-mib-per-second`, value: speed(decrypted) },
    {
      name: `envelope-${fileMib}-mib-encrypt-peak-rss-mb`,
      value: encrypted.maxRssBytes / 1e6,
      atMost,
    },
    {
      name: `envelope-${fileMib}-mib-decrypt-peak-rss-mb`,
      value: decrypted.maxRssBytes / 1e6,
      atMost,
    },
    { name: `envelope-${fileMib}-mib-digest-equal`, value: same ? 1 : 0, atLeast: 1 },
  ];
}

/**
 * Bytes that no compression helps with, made on the fly.
 *
 * @param {string} file
 * @param {number} mib
 * @returns {Promise<string>} their SHA-256
 */
async function writePseudoRandom(file, mib) {
  const stream = createCipheriv("aes-256-ctr", randomBytes(32), Buffer.alloc(16));
  const hash = createHash("sha256");
  const zeros = Buffer.alloc(1024 * 1024);
  const handle = await open(file, "wx", 0o600);
  try {
    for (let index = 0; index < mib; index += 1) {
      const bytes = stream.update(zeros);
      hash.update(bytes);
      await handle.write(bytes);
    }
  } finally {
    await handle.close();
  }
  return hash.digest("hex");
}

/** @param {string} file */
async function digestOf(file) {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file)) hash.update(piece);
  return hash.digest("hex");
}

/**
 * @param {number} count
 * @param {() => Promise<void>} work
 */
function perSecond(count, work) {
  return async () => {
    const startMs = performance.now();
    await work();
    return (count / (performance.now() - startMs)) * 1_000;
  };
}

/**
 * A new mount sets its storage up in the background.
 *
 * @param {any} transit
 */
async function createKeyWhenReady(transit) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await transit.createKey("bench");
      return;
    } catch (error) {
      if (attempt === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** @param {"rounds" | "file-mib"} name */
function wholeNumber(name) {
  const number = Number(options[name]);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new Error(`--${name} takes a whole number from 1.`);
}

/** @param {string} path inside the workspace */
function builtFile(path) {
  const absolute = join(workspaceRoot, path);
  if (isFile(absolute)) return absolute;
  throw new Error(`${path} does not exist. Run: npx -y pnpm@12.21.0 build`);
}
