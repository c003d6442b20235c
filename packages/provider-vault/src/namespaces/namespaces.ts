import type { JsonObject } from "../client/answer.js";
import { checkConfirmed } from "../engine/confirm.js";
import { EngineCalls, type EngineMeaning } from "../engine/engine-calls.js";
import { given, keysOf, mapOf, neededText, textOf } from "../engine/fields.js";
import { encodeEnginePath } from "../engine/names.js";
import type { EngineContext } from "../engines.js";
import { vaultError } from "../errors/vault-error.js";
import type { Namespace, NamespacesCapability } from "./types.js";

const meanings: readonly EngineMeaning[] = [
  {
    // What open-source Vault 1.21.1 really says.
    pattern: /enterprise-only feature|unsupported path/u,
    code: "Unsupported",
    reason: "enterprise-only",
    what: "This Vault is open source and has no namespaces.",
    advice: "Set namespaceMode to path-prefix, with policies for each prefix, or use Enterprise.",
  },
];

/** Namespaces, by the documented API of Enterprise; see `capability.ts`, which loads it. */
export function createNamespaces({ client, context }: EngineContext): NamespacesCapability {
  const { clock, timeoutMs } = context;
  const calls = new EngineCalls({ client, clock, timeoutMs }, meanings);
  const at = (path: string): string => `sys/namespaces/${encodeEnginePath(path, "path")}`;
  return {
    async create(path, { metadata, ...call } = {}) {
      const request = {
        method: "POST",
        path: at(path),
        body: given({ custom_metadata: metadata }),
      } as const;
      const place = { operation: "createNamespace", ref: path };
      return parse((await calls.ask(place, call, request)).data ?? {}, path);
    },
    async read(path, call = {}) {
      const place = { operation: "readNamespace", ref: path };
      // A 404 without a word is that of an absent one; open source says why.
      const answer = await calls.run(place, call, async (send) => {
        const first = await send({ method: "GET", path: at(path), accept: [404] });
        if (first.status !== 404 || first.errors.length === 0) return first;
        return send({ method: "GET", path: at(path) });
      });
      if (answer.data !== undefined) return parse(answer.data, path);
      throw vaultError("NotFound", "Vault has no namespace of this name here.", {
        ...place,
        reason: "namespace-not-found",
        field: "path",
        requestId: answer.requestId,
        advice: "List the namespaces, and check beneath which one you are.",
      });
    },
    async update(path, metadata, call = {}) {
      const body = { custom_metadata: metadata };
      const request = { method: "PATCH", path: at(path), body } as const;
      const place = { operation: "updateNamespace", ref: path };
      return parse((await calls.ask(place, call, request)).data ?? {}, path);
    },
    async list(call = {}) {
      const path = "sys/namespaces?list=true";
      const place = { operation: "listNamespaces" };
      const answer = await calls.run(place, call, async (send) => {
        const first = await send({ method: "GET", path, accept: [404] });
        if (first.status !== 404 || first.errors.length === 0) return first;
        return send({ method: "GET", path });
      });
      return keysOf(answer).map((key) => key.replace(/\/$/u, ""));
    },
    async delete(path, { confirm, ...call }) {
      const request = { method: "DELETE", path: at(path) } as const;
      checkConfirmed(path, confirm);
      await calls.ask({ operation: "deleteNamespace", ref: path }, call, request);
    },
  };
}

function parse(data: JsonObject, asked: string): Namespace {
  return {
    id: neededText(data, "id"),
    path: (textOf(data, "path") ?? asked).replace(/\/$/u, ""),
    metadata: mapOf(data, "custom_metadata"),
  };
}
