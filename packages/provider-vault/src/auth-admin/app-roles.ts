import { Secret } from "@kinko/core";
import type { JsonObject } from "../client/answer.js";
import type { EngineCalls } from "../engine/engine-calls.js";
import {
  count,
  dateOf,
  duration,
  given,
  invalid,
  keysOf,
  mapOf,
  neededText,
  numberOf,
  textsOf,
} from "../engine/fields.js";
import { EngineRecords } from "../engine/records.js";
import { vaultError } from "../errors/vault-error.js";
import { parseWrapped, wrapTtl } from "../wrapping/parse.js";
import { parseTokenSettings, tokenBody } from "./token-settings.js";
import type { AppRoleAdmin, AppRoleSettings, SecretIdInfo, SecretIdOptions } from "./types.js";

/** AppRoles of the mount. @param mount encoded path */
export function createAppRoles(calls: EngineCalls, mount: string): AppRoleAdmin {
  const roles = new EngineRecords(calls, {
    path: `auth/${mount}/role`,
    noun: "role",
    label: "AppRole",
  });
  return {
    async write(role, settings, options = {}) {
      await roles.write(role, roleBody(settings), options);
    },
    async read(role, options = {}) {
      return parseRole(await roles.read(role, options));
    },
    list: (options = {}) => roles.list(options),
    delete: (role, options = {}) => roles.delete(role, options),
    async roleId(role, options = {}) {
      const path = `${roles.pathOf(role)}/role-id`;
      const place = roles.place("read", role);
      const answer = await calls.ask(place, options, { method: "GET", path, accept: [404] });
      if (answer.data !== undefined) return neededText(answer.data, "role_id");
      throw vaultError("NotFound", "Vault has no role of this name there.", {
        ...place,
        reason: "role-not-found",
        field: "role",
        requestId: answer.requestId,
        advice: "List them, and check the name and the mount.",
      });
    },
    async createSecretId(role, options = {}) {
      const place = roles.place("createSecretIdOf", role);
      const answer = await calls.ask(place, options, secretIdRequest(roles, role, options));
      const data = answer.data ?? {};
      return {
        secretId: Secret.text(neededText(data, "secret_id")),
        accessor: neededText(data, "secret_id_accessor"),
        ttlSeconds: numberOf(data, "secret_id_ttl"),
        numUses: numberOf(data, "secret_id_num_uses"),
      };
    },
    async createWrappedSecretId(role, options) {
      const wrapTtlSeconds = wrapTtl(options.wrapTtlSeconds);
      const request = { ...secretIdRequest(roles, role, options), wrapTtlSeconds };
      const answer = await calls.ask(roles.place("createSecretIdOf", role), options, request);
      return parseWrapped(answer.body);
    },
    async listSecretIds(role, options = {}) {
      const path = `${roles.pathOf(role)}/secret-id?list=true`;
      const place = roles.place("listSecretIdsOf", role);
      return calls.run(place, options, async (send) => {
        const answer = await send({ method: "GET", path, accept: [404] });
        // Without any secret id Vault answers as for a role that is not there.
        if (answer.status === 404)
          await send({ method: "GET", path: `${roles.pathOf(role)}/role-id` });
        return keysOf(answer);
      });
    },
    async lookupSecretId(role, accessor, options = {}) {
      const path = `${roles.pathOf(role)}/secret-id-accessor/lookup`;
      const body = { secret_id_accessor: checkAccessor(accessor) };
      const place = roles.place("lookupSecretIdOf", role);
      const request = { method: "POST", path, body, accept: [404] } as const;
      const { data, status, requestId } = await calls.ask(place, options, request);
      if (status < 300 && data !== undefined) return parseSecretId(data);
      throw vaultError("NotFound", "The role has no secret id with this accessor.", {
        ...place,
        reason: "accessor-not-found",
        field: "accessor",
        requestId,
        advice: "It may have ended or been used up; list the accessors.",
      });
    },
    async destroySecretId(role, accessor, options = {}) {
      const path = `${roles.pathOf(role)}/secret-id-accessor/destroy`;
      const body = { secret_id_accessor: checkAccessor(accessor) };
      const place = roles.place("destroySecretIdOf", role);
      await calls.ask(place, options, { method: "POST", path, body });
    },
  };
}

function secretIdRequest(
  roles: EngineRecords,
  role: string,
  { metadata, ttlSeconds, numUses, cidrs }: SecretIdOptions,
): { readonly method: "POST"; readonly path: string; readonly body: JsonObject } {
  return {
    method: "POST",
    path: `${roles.pathOf(role)}/secret-id`,
    body: given({
      // Vault wants the map as a text.
      metadata: metadata === undefined ? undefined : JSON.stringify(metadata),
      ttl: duration(ttlSeconds, "ttlSeconds", { min: 1 }),
      num_uses: count(numUses, "numUses"),
      cidr_list: cidrs,
    }),
  };
}

function roleBody(settings: AppRoleSettings): JsonObject {
  return {
    ...tokenBody(settings),
    ...given({
      bind_secret_id: settings.bindSecretId,
      secret_id_ttl: duration(settings.secretIdTtlSeconds, "secretIdTtlSeconds"),
      secret_id_num_uses: count(settings.secretIdNumUses, "secretIdNumUses"),
      secret_id_bound_cidrs: settings.secretIdBoundCidrs,
    }),
  };
}

function parseRole(data: JsonObject): AppRoleSettings {
  return {
    ...parseTokenSettings(data),
    bindSecretId: data["bind_secret_id"] === true,
    secretIdTtlSeconds: numberOf(data, "secret_id_ttl"),
    secretIdNumUses: numberOf(data, "secret_id_num_uses"),
    secretIdBoundCidrs: textsOf(data, "secret_id_bound_cidrs"),
  };
}

function parseSecretId(data: JsonObject): SecretIdInfo {
  return {
    accessor: neededText(data, "secret_id_accessor"),
    metadata: mapOf(data, "metadata"),
    numUses: numberOf(data, "secret_id_num_uses"),
    createdAt: dateOf(data["creation_time"]),
    expiresAt: dateOf(data["expiration_time"]),
  };
}

function checkAccessor(accessor: string): string {
  if (typeof accessor === "string" && /^[\w.-]{1,256}$/u.test(accessor)) return accessor;
  throw invalid("accessor", "invalid-accessor", "Pass the accessor alone, not the secret id.");
}
