// pnpm bench:cache [--check] [--rounds N]: what a read from the cache costs, in turns with the same key
// in a bare Map, in lru-cache and in Powertools, and what 10,000 reads at once ask of the store.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { SecretsProvider } from "@aws-lambda-powertools/parameters/secrets";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { LRUCache } from "lru-cache";
import { isFile, workspaceRoot } from "../tools/lib/workspace.mjs";
import { reportFigures } from "./lib/figures.mjs";
import { interleave } from "./lib/interleave.mjs";
import { runNode } from "./lib/process.mjs";
import { median, medianRatio } from "./lib/statistics.mjs";

const { values: options } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    rounds: { type: "string", default: "31" },
    cold: { type: "string" },
  },
});
const rounds = Number(options.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error("--rounds takes a whole number from 1.");

const callsPerSample = 50_000;
const coldReads = 10_000;
const ttlSeconds = 600;
const ref = "prod/app/db#password";
const value = { user: "app", password: "a password of the usual length" };

const { createStore } = await import(pathToFileURL(builtFile("packages/core/dist/index.js")).href);
const { createMemoryProvider } = await import(
  pathToFileURL(builtFile("packages/testing/dist/memory/index.js")).href
);

// A child process measures the memory of its own cold reads and nothing else.
if (options.cold !== undefined) await coldRun(Number(options.cold));
else
  process.exitCode = reportFigures([...(await hits()), ...(await cold())], {
    check: options.check,
  });

/** @returns {Promise<import("./lib/figures.mjs").Figure[]>} */
async function hits() {
  const provider = createMemoryProvider({ secrets: { "prod/app/db": value } });
  const store = createStore("memory", provider, {
    resilience: { cache: { ttlSeconds, maxStaleSeconds: ttlSeconds } },
  });

  /** @type {Map<string, { value: object, expiresAtMs: number }>} */
  const map = new Map([[ref, { value: {}, expiresAtMs: Date.now() + ttlSeconds * 1_000 }]]);
  /** @param {string} key */
  const getFromMap = async (key) => {
    const entry = map.get(key);
    if (entry === undefined || entry.expiresAtMs <= Date.now()) throw new Error("It has expired.");
    return entry.value;
  };

  const lru = new LRUCache({ max: 1_000, ttl: ttlSeconds * 1_000 });
  lru.set(ref, {});
  /** @param {string} key */
  const getFromLru = async (key) => {
    const found = lru.get(key);
    if (found === undefined) throw new Error("It has expired.");
    return found;
  };

  let requests = 0;
  const client = new SecretsManagerClient({
    region: "eu-west-1",
    credentials: { accessKeyId: "none", secretAccessKey: "none" },
  });
  client.send = /** @type {typeof client.send} */ (
    async () => {
      requests += 1;
      return { SecretString: JSON.stringify(value), $metadata: {} };
    }
  );
  const powertools = new SecretsProvider({ awsSdkV3Client: client });
  const getFromPowertools = () => powertools.get("prod/app/db", { maxAge: ttlSeconds });

  if ((await store.get(ref)).text() !== value.password)
    throw new Error("Kinko read another value.");
  if ((await getFromPowertools()) !== JSON.stringify(value)) {
    throw new Error("Powertools read another value.");
  }

  /** @param {() => Promise<unknown>} work */
  const timed = (work) => async () => {
    const startMs = performance.now();
    for (let index = 0; index < callsPerSample; index += 1) await work();
    return ((performance.now() - startMs) * 1e6) / callsPerSample;
  };
  const samples = await interleave(
    {
      map: timed(() => getFromMap(ref)),
      lru: timed(() => getFromLru(ref)),
      kinko: timed(() => store.get(ref)),
      powertools: timed(getFromPowertools),
    },
    { rounds, warmups: 5 },
  );
  if (requests !== 1) throw new Error("Powertools did not read from its cache.");
  await store.close();
  const ns = {
    map: median(samples.map),
    lru: median(samples.lru),
    kinko: median(samples.kinko),
    powertools: median(samples.powertools),
  };
  return [
    { name: "hit-map-ns", value: ns.map },
    { name: "hit-lru-cache-ns", value: ns.lru },
    { name: "hit-kinko-ns", value: ns.kinko },
    { name: "hit-powertools-ns", value: ns.powertools },
    { name: "hit-kinko-to-map-ratio", value: medianRatio(samples.kinko, samples.map), atMost: 1.3 },
    {
      name: "hit-powertools-to-kinko-ratio",
      value: medianRatio(samples.powertools, samples.kinko),
      atLeast: 3,
    },
  ];
}

/** @returns {Promise<import("./lib/figures.mjs").Figure[]>} */
async function cold() {
  const figures = [];
  for (const keys of [1, 1_000]) {
    const { stdout } = await runNode([process.argv[1] ?? "", "--cold", String(keys)]);
    const { requests, rssGrowthMib } = JSON.parse(stdout);
    figures.push(
      { name: `cold-${keys}-keys-requests`, value: requests, atMost: keys },
      { name: `cold-${keys}-keys-rss-growth-mib`, value: rssGrowthMib, atMost: 150 },
    );
  }
  return figures;
}

/** @param {number} keys */
async function coldRun(keys) {
  const secrets = Object.fromEntries(
    Array.from({ length: keys }, (_, index) => [`bench/${index}`, `value of ${index}`]),
  );
  let requests = 0;
  const provider = createMemoryProvider({ secrets }, { beforeCall: () => void (requests += 1) });
  const store = createStore("memory", provider, { resilience: { cache: { maxEntries: keys } } });
  const rssBefore = process.memoryUsage().rss;
  const found = await Promise.all(
    Array.from({ length: coldReads }, (_, index) => store.get(`bench/${index % keys}`)),
  );
  const rssGrowthMib = (process.memoryUsage().rss - rssBefore) / 2 ** 20;
  for (const [index, secret] of found.entries()) {
    if (secret.text() !== `value of ${index % keys}`) throw new Error("A read got another value.");
  }
  await store.close();
  console.log(JSON.stringify({ requests, rssGrowthMib }));
}

/** @param {string} path inside the workspace */
function builtFile(path) {
  const absolute = join(workspaceRoot, path);
  if (isFile(absolute)) return absolute;
  throw new Error(`${path} is not built. Run: npx -y pnpm@12.21.0 build`);
}
