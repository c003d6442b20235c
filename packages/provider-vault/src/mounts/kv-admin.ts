import { isSecretError, parsePath, type Clock } from "@kinko/core";
import type { JsonObject, VaultAnswer } from "../client/answer.js";
import type { EngineCalls, SendEngineRequest } from "../engine/engine-calls.js";
import { count, duration, given, mapOf, numberOf } from "../engine/fields.js";
import { goDurationSeconds } from "../engine/go-duration.js";
import { encodeEnginePath } from "../engine/names.js";
import type { EnginePlace } from "../engine/place.js";
import { vaultError } from "../errors/vault-error.js";
import { encodePath } from "../names.js";
import type { KvAdminCapability, KvRules, KvSecretRules, MountsCapability } from "./types.js";

/** Pause while Vault makes a new engine ready, which takes it some milliseconds. */
const readyPauseMs = 50;

/** Administration of KV v2; see `capability.ts`, which loads it. */
export function createKvAdmin(
  calls: EngineCalls,
  mounts: Pick<MountsCapability, "enable">,
  clock: Clock,
): KvAdminCapability {
  const configure = (mount: string, rules: KvRules, options: object) => {
    const path = `${encodeEnginePath(mount, "mount")}/config`;
    const body = rulesBody(rules);
    const place = { operation: "configureKv", ref: mount };
    return calls.run(place, options, async (send) => {
      const waiting: SendEngineRequest = (request) => whenReady(send, request, clock);
      if (Object.keys(body).length > 0) await waiting({ method: "POST", path, body });
      const read = parseRules(dataOf(await waiting({ method: "GET", path, accept: [404] }), place));
      return verified(read, rules, place);
    });
  };
  return {
    async enable(mount, { description, ...rules } = {}, options = {}) {
      rulesBody(rules);
      const engine = { type: "kv", options: { version: "2" }, description };
      const { created } = await mounts.enable(mount, engine, options);
      return { created, rules: await configure(mount, rules, options) };
    },
    configure: async (mount, rules, options = {}) => configure(mount, rules, options),
    readConfig: async (mount, options = {}) => configure(mount, {}, options),
    async configureSecret(mount, path, rules, options = {}) {
      const request = secretPath(mount, path);
      const place = { operation: "configureKvSecret", ref: path };
      const body = { ...rulesBody(rules), ...given({ custom_metadata: rules.metadata }) };
      return calls.run(place, options, async (send) => {
        await send({ method: "POST", path: request, body });
        const read = await send({ method: "GET", path: request, accept: [404] });
        return verified(parseSecretRules(dataOf(read, place)), rules, place);
      });
    },
    async readSecretConfig(mount, path, options = {}) {
      const request = secretPath(mount, path);
      const place = { operation: "readKvSecret", ref: path };
      const answer = await calls.ask(place, options, {
        method: "GET",
        path: request,
        accept: [404],
      });
      if (answer.data !== undefined) return parseSecretRules(answer.data);
      throw vaultError("NotFound", "There is no secret with this name.", {
        ...place,
        reason: "not-found",
        field: "path",
        requestId: answer.requestId,
        advice: "Check the path, and that the mount is KV version 2.",
      });
    },
  };
}

function secretPath(mount: string, path: string): string {
  return `${encodeEnginePath(mount, "mount")}/metadata/${encodePath(parsePath(path))}`;
}

async function whenReady(
  send: SendEngineRequest,
  request: Parameters<SendEngineRequest>[0],
  clock: Clock,
): Promise<VaultAnswer> {
  while (true) {
    try {
      return await send(request);
    } catch (error) {
      if (!isSecretError(error, "Unavailable") || error.reason !== "kv-upgrading") throw error;
    }
    // The deadline of the call ends this.
    await clock.sleep(readyPauseMs);
  }
}

function rulesBody(rules: KvRules): JsonObject {
  return given({
    max_versions: count(rules.maxVersions, "maxVersions"),
    cas_required: rules.casRequired,
    delete_version_after: duration(rules.deleteVersionAfterSeconds, "deleteVersionAfterSeconds"),
  });
}

function parseRules(data: JsonObject): Required<KvRules> {
  return {
    maxVersions: numberOf(data, "max_versions"),
    casRequired: data["cas_required"] === true,
    deleteVersionAfterSeconds: goDurationSeconds(data["delete_version_after"]),
  };
}

function parseSecretRules(data: JsonObject): Required<KvSecretRules> {
  return { ...parseRules(data), metadata: mapOf(data, "custom_metadata") };
}

function dataOf(answer: VaultAnswer, place: EnginePlace): JsonObject {
  if (answer.data !== undefined) return answer.data;
  if (answer.errors.length > 0) {
    throw vaultError("NotFound", "Vault has nothing mounted there.", {
      ...place,
      reason: "mount-not-found",
      field: "mount",
      requestId: answer.requestId,
      advice: "List the mounts, and check the path.",
    });
  }
  throw vaultError("Unsupported", "KV version 1 has no such settings.", {
    ...place,
    reason: "kv-version-1",
    field: "mount",
    requestId: answer.requestId,
    advice: "Use a mount of KV version 2.",
  });
}

/** What was read back must be what was asked for. */
function verified<Rules extends KvRules>(read: Rules, wanted: KvRules, place: EnginePlace): Rules {
  for (const field of ["maxVersions", "casRequired", "deleteVersionAfterSeconds"] as const) {
    if (wanted[field] === undefined || wanted[field] === read[field]) continue;
    throw vaultError("Conflict", `Vault has another value of ${field} than was written.`, {
      ...place,
      reason: "not-as-written",
      field,
      advice: "Somebody else may have changed it meanwhile; read it, and write it again.",
    });
  }
  return read;
}
