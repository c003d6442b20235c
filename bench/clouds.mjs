// pnpm bench:clouds [--check] [--rounds N] [--many-rounds N] [--only aws,azure,gcp]: Kinko's providers
// of AWS, Azure and Google against the bare SDKs on the same servers, in turns within one run, and
// reading 500 secrets at once against one by one over a line of 10 ms each way.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { isFile, workspaceRoot } from "../tools/lib/workspace.mjs";
import { openClouds, startCloudServers } from "./lib/clouds.mjs";
import { reportFigures } from "./lib/figures.mjs";
import { interleave } from "./lib/interleave.mjs";
import { mostWithin } from "./lib/rates.mjs";
import { median, medianRatio } from "./lib/statistics.mjs";

/** @typedef {import("./lib/clouds.mjs").Cloud} Cloud */

const { values: options } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    rounds: { type: "string", default: "81" },
    "many-rounds": { type: "string", default: "3" },
    only: { type: "string", default: "aws,azure,gcp" },
  },
});
const rounds = Number(options.rounds);
const manyRounds = Number(options["many-rounds"]);
if (![rounds, manyRounds].every((count) => Number.isInteger(count) && count >= 1))
  throw new Error("--rounds and --many-rounds take a whole number from 1.");

/** Few, so that both sides of a round meet the same machine; the rounds make up for it. */
const callsPerSample = 50;
/** Rounds of both sides before any that counts: V8 compiles hot code only after some thousand calls. */
const warmups = 40;
const manySecrets = 500;
const delayMs = 10;

/** What each service takes of reads, as its documentation says; see the READMEs of the providers. */
const documentedRates = {
  aws: { requests: 100, perSeconds: 1 },
  azure: { requests: 4_000, perSeconds: 10 },
  gcp: { requests: 90_000, perSeconds: 60 },
};

const { startMoto, createTestCertificates } = await import(
  pathToFileURL(builtFile("tools/servers/dist/index.js")).href
);
const folder = mkdtempSync(join(tmpdir(), "kinko-clouds-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const [moto, tls] = await Promise.all([startMoto(), createTestCertificates(folder)]);
const servers = await startCloudServers({ motoAddress: moto.address, delayMs, tls });
try {
  const clouds = (await openClouds({ servers, tls, folder })).filter(({ name }) =>
    options.only.split(",").includes(name),
  );
  const figures = [];
  for (const cloud of clouds) figures.push(...(await overhead(cloud)), ...(await many(cloud)));
  for (const cloud of clouds) await cloud.close();
  process.exitCode = reportFigures(figures, { check: options.check });
} finally {
  servers.stop();
  await moto.stop();
}

/**
 * One call after the other, Kinko and the SDK in turns.
 *
 * @param {Cloud} cloud
 * @returns {Promise<import("./lib/figures.mjs").Figure[]>}
 */
async function overhead({ name, calls }) {
  /** @type {Record<string, number[]>} */
  const cpu = {};
  /** @type {Record<string, () => Promise<number>>} */
  const cases = {};
  for (const [call, { kinko, sdk }] of Object.entries(calls)) {
    for (const [who, work] of Object.entries({ kinko, sdk })) {
      cases[`${call}-${who}`] = async () => {
        const cpuBefore = process.cpuUsage();
        const startMs = performance.now();
        for (let index = 0; index < callsPerSample; index += 1) await work();
        const elapsedMs = performance.now() - startMs;
        const { user, system } = process.cpuUsage(cpuBefore);
        (cpu[`${call}-${who}`] ??= []).push((user + system) / 1_000 / callsPerSample);
        return elapsedMs / callsPerSample;
      };
    }
  }
  const time = await interleave(cases, { rounds, warmups });
  return Object.keys(calls).flatMap((call) => {
    const ofKinko = `${call}-kinko`;
    const ofSdk = `${call}-sdk`;
    /** @param {Record<string, number[]>} all those of the CPU begin with the rounds of warming up */
    const pair = (all) => {
      const kinko = (all[ofKinko] ?? []).slice(-rounds);
      const sdk = (all[ofSdk] ?? []).slice(-rounds);
      return { kinko: median(kinko), sdk: median(sdk), ratio: medianRatio(kinko, sdk) };
    };
    const times = pair(time);
    const cpus = pair(cpu);
    return [
      { name: `${name}-${call}-sdk-ms`, value: times.sdk },
      { name: `${name}-${call}-kinko-ms`, value: times.kinko },
      { name: `${name}-${call}-time-ratio`, value: times.ratio, atMost: 1.1 },
      { name: `${name}-${call}-sdk-cpu-ms`, value: cpus.sdk },
      { name: `${name}-${call}-kinko-cpu-ms`, value: cpus.kinko },
      { name: `${name}-${call}-cpu-ratio`, value: cpus.ratio, atMost: 1.1 },
    ];
  });
}

/**
 * Through the slow line: getMany against one `get` after the other, and how close the requests came
 * to what the service takes.
 *
 * @param {Cloud} cloud
 * @returns {Promise<import("./lib/figures.mjs").Figure[]>}
 */
async function many({ name, near, far }) {
  const refs = Array.from({ length: manySecrets }, (_, index) => `bench/many/${1_000 + index}`);
  for (let first = 0; first < refs.length; first += 8)
    await Promise.all(refs.slice(first, first + 8).map((ref) => near.put(ref, `value of ${ref}`)));
  /** @param {string} ref @param {{ text(): string } | undefined} secret */
  const expectValue = (ref, secret) => {
    if (secret?.text() !== `value of ${ref}`) throw new Error(`${name}: ${ref} is another value.`);
  };
  /** @type {number[]} */
  let requests = [];
  const cases = {
    oneByOne: async () => {
      const startMs = performance.now();
      for (const ref of refs) expectValue(ref, await far.get(ref));
      return performance.now() - startMs;
    },
    getMany: async () => {
      const before = (await servers.requestTimes())[name].length;
      const startMs = performance.now();
      const found = await far.getMany(refs, { timeoutMs: 60_000 });
      const elapsedMs = performance.now() - startMs;
      for (const ref of refs) expectValue(ref, found.get(ref));
      requests = [...requests, ...(await servers.requestTimes())[name].slice(before)];
      return elapsedMs;
    },
  };
  // The first request of a connection is about the connection.
  await far.get(refs[0] ?? "");
  const samples = await interleave(cases, { rounds: manyRounds, warmups: 0 });
  const oneByOneMs = median(samples.oneByOne);
  const getManyMs = median(samples.getMany);
  const rate = documentedRates[name];
  return [
    { name: `${name}-500-one-by-one-ms`, value: oneByOneMs },
    { name: `${name}-500-get-many-ms`, value: getManyMs },
    { name: `${name}-500-get-many-speed-up`, value: oneByOneMs / getManyMs, atLeast: 8 },
    {
      name: `${name}-get-many-most-requests-in-${rate.perSeconds}-s`,
      value: mostWithin(requests, rate.perSeconds * 1_000),
      atMost: rate.requests,
      note: `${requests.length} requests for ${manyRounds} × ${manySecrets} secrets`,
    },
  ];
}

/** @param {string} path inside the workspace */
function builtFile(path) {
  const absolute = join(workspaceRoot, path);
  if (isFile(absolute)) return absolute;
  throw new Error(`${path} does not exist. Run: npx -y pnpm@12.21.0 build`);
}
