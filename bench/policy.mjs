// pnpm bench:policy [--check] [--rounds N]: decisions of the policy simulator against calls of
// sys/capabilities on a real Vault with the same 100 policies of 10 rules, in turns within one run.
import { Agent, request } from "node:http";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isFile, workspaceRoot } from "../tools/lib/workspace.mjs";
import { reportFigures } from "./lib/figures.mjs";
import { interleave } from "./lib/interleave.mjs";
import { median } from "./lib/statistics.mjs";

const { values: options } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    rounds: { type: "string", default: "7" },
  },
});
const rounds = Number(options.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error("--rounds takes a whole number from 1.");

const policyCount = 100;
const callsPerSample = 200;
const concurrency = 16;
const decisionsPerSample = 400_000;
const distinctPaths = 50_000;

const { compilePolicies, parsePolicy, printPolicy } = await import(
  builtFile("packages/provider-vault/dist/policies/index.js")
);
const { startVault } = await import(builtFile("tools/servers/dist/index.js"));

const environments = ["dev", "staging", "prod", "test"];
const policies = Array.from({ length: policyCount }, (_, index) => ({
  name: `bench-${index}`,
  policy: parsePolicy(printPolicy({ rules: rulesOf(index) })),
}));

const vault = await startVault();
const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
try {
  process.exitCode = reportFigures(await measure(), { check: options.check });
} finally {
  agent.destroy();
  await vault.stop();
}

/**
 * Ten rules of all kinds: exact, prefix, single segments, deny, a template.
 *
 * @param {number} index
 */
function rulesOf(index) {
  const environment = environments[index % environments.length];
  const app = `secret/data/${environment}/app-${index}`;
  return [
    { path: `${app}/db`, capabilities: ["read", "update"] },
    { path: `${app}/*`, capabilities: ["read"] },
    { path: `${app}/+/key`, capabilities: ["create", "update"] },
    { path: `${app}/private/*`, capabilities: ["deny"] },
    { path: `secret/metadata/${environment}/app-${index}/*`, capabilities: ["list", "read"] },
    { path: `secret/data/+/shared-${index}`, capabilities: ["read"] },
    { path: `secret/data/+/team-${index}/+/a*`, capabilities: ["read", "list"] },
    { path: `transit/encrypt/app-${index}`, capabilities: ["update"] },
    { path: `database/creds/app-${index}*`, capabilities: ["read"] },
    { path: `users/{{identity.entity.name}}/app-${index}`, capabilities: ["read"] },
  ];
}

/** Paths that match each kind of rule, and some that match none; no path twice. */
function pathsOf(/** @type {number} */ count) {
  /** @type {((index: number, unique: number) => string)[]} */
  const forms = [
    (index) => `secret/data/${environments[index % 4]}/app-${index}/db`,
    (index, unique) => `secret/data/${environments[index % 4]}/app-${index}/file-${unique}`,
    (index, unique) => `secret/data/${environments[index % 4]}/app-${index}/x${unique}/key`,
    (index, unique) => `secret/data/${environments[index % 4]}/app-${index}/private/${unique}`,
    (index, unique) => `secret/metadata/${environments[index % 4]}/app-${index}/${unique}/`,
    (index, unique) => `secret/data/any${unique}/shared-${index}`,
    (index, unique) => `secret/data/any${unique}/team-${index}/x/ab${unique}`,
    (index) => `transit/encrypt/app-${index}`,
    (index, unique) => `database/creds/app-${index}-${unique}`,
    (index, unique) => `users/bench/app-${index}${unique % 2 === 0 ? "" : `/${unique}`}`,
    (_, unique) => `secret/none/${unique}/at/all`,
  ];
  const paths = new Set();
  for (let unique = 0; paths.size < count; unique += 1) {
    const form = forms[unique % forms.length];
    if (form !== undefined) paths.add(form((unique * 7) % policyCount, unique));
  }
  // A path of a request is one string, not the pieces that it was put together from.
  return Array.from(paths, (path) => Buffer.from(path).toString());
}

/** @returns {Promise<import("./lib/figures.mjs").Figure[]>} */
async function measure() {
  for (const { name, policy } of policies)
    await vault.request("PUT", `sys/policies/acl/${name}`, { policy: printPolicy(policy) });
  const { token, identity } = await logIn();
  const compiled = compilePolicies(policies, { identity });
  const paths = pathsOf(distinctPaths);
  await checkSame(compiled, token, paths);
  let next = 0;
  const call = async () => {
    next = (next + 1) % paths.length;
    const capabilities = await ask(token, [paths[next] ?? ""]);
    if (capabilities.length === 0) throw new Error("Vault answered nothing.");
  };
  let offset = 0;
  const samples = await interleave(
    {
      simulator: () => {
        let bits = 0;
        const startMs = performance.now();
        for (let decision = 0; decision < decisionsPerSample; decision += 1) {
          bits ^= compiled.capabilityBits(paths[offset] ?? "");
          offset = offset + 1 === paths.length ? 0 : offset + 1;
        }
        const elapsedMs = performance.now() - startMs;
        if (!Number.isInteger(bits)) throw new Error("The simulator decided nothing.");
        return Promise.resolve((decisionsPerSample / elapsedMs) * 1_000);
      },
      "simulator-can": () => {
        let allowed = 0;
        const startMs = performance.now();
        for (let decision = 0; decision < decisionsPerSample; decision += 1) {
          const path = paths[offset] ?? "";
          if (compiled.can({ operation: "read", path }).allowed) allowed += 1;
          offset = offset + 1 === paths.length ? 0 : offset + 1;
        }
        const elapsedMs = performance.now() - startMs;
        if (allowed === 0) throw new Error("The simulator allowed nothing.");
        return Promise.resolve((decisionsPerSample / elapsedMs) * 1_000);
      },
      sequential: () => rate(1, call),
      concurrent: () => rate(concurrency, call),
    },
    { rounds },
  );
  const perSecond = (/** @type {keyof typeof samples} */ name) => median(samples[name]);
  return [
    { name: "policy-simulator-capabilities-per-second", value: perSecond("simulator") },
    { name: "policy-simulator-can-per-second", value: perSecond("simulator-can") },
    { name: "vault-capabilities-calls-per-second", value: perSecond("sequential") },
    { name: "vault-capabilities-calls-per-second-at-16", value: perSecond("concurrent") },
    {
      name: "policy-simulator-ratio-sequential",
      value: perSecond("simulator-can") / perSecond("sequential"),
      atLeast: 1_000,
      note: "whole decisions of can() against calls",
    },
    {
      name: "policy-simulator-ratio-at-16",
      value: perSecond("simulator-can") / perSecond("concurrent"),
      atLeast: 500,
      note: "whole decisions of can() against calls",
    },
  ];
}

/** A token with all policies and an entity, for the templates. */
async function logIn() {
  await vault.request("POST", "sys/auth/userpass", { type: "userpass" });
  const user = { password: "bench", token_policies: policies.map(({ name }) => name) };
  await vault.request("POST", "auth/userpass/users/bench", {
    ...user,
    token_no_default_policy: true,
  });
  const { body } = await vault.request("POST", "auth/userpass/login/bench", { password: "bench" });
  const { client_token: token, entity_id: id } = body.auth;
  await vault.request("POST", `identity/entity/id/${id}`, { name: "bench" });
  return { token, identity: { entity: { id, name: "bench" } } };
}

/**
 * Both sides must decide the same, or their rates say nothing.
 *
 * @param {{ capabilities(path: string): readonly string[] }} compiled
 * @param {string} token
 * @param {readonly string[]} paths
 */
async function checkSame(compiled, token, paths) {
  for (const path of paths.slice(0, 500)) {
    const answer = await ask(token, [path]);
    if (answer.join() !== compiled.capabilities(path).join())
      throw new Error(`Vault and the simulator do not agree on ${path}.`);
  }
}

/**
 * @param {number} lanes
 * @param {() => Promise<void>} call
 */
async function rate(lanes, call) {
  let left = callsPerSample;
  const lane = async () => {
    for (; left > 0; left -= 1) await call();
  };
  const startMs = performance.now();
  await Promise.all(Array.from({ length: lanes }, lane));
  return (callsPerSample / (performance.now() - startMs)) * 1_000;
}

/**
 * @param {string} token
 * @param {readonly string[]} paths
 * @returns {Promise<readonly string[]>}
 */
function ask(token, paths) {
  const body = JSON.stringify({ token, paths });
  return new Promise((resolve, reject) => {
    const sent = request(
      `${vault.address}/v1/sys/capabilities`,
      {
        method: "POST",
        agent,
        headers: {
          "X-Vault-Token": vault.rootToken,
          "Content-Type": "application/json",
          "Content-Length": Buffer.byteLength(body),
        },
      },
      (response) => {
        /** @type {Buffer[]} */
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () => {
          const { data } = JSON.parse(Buffer.concat(chunks).toString());
          resolve(data?.capabilities ?? []);
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** @param {string} file */
function builtFile(file) {
  const path = join(workspaceRoot, file);
  if (!isFile(path)) throw new Error(`${file} is not built: run pnpm build first.`);
  return pathToFileURL(path).href;
}
