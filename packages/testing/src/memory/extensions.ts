import { Secret } from "@kinko/core";
import type {
  CapabilityMap,
  PermissionOperation,
  ProviderSecret,
  SecretPath,
  SecretRef,
} from "@kinko/core";
import type { ChangeHub } from "./change-hub.js";
import { memoryDynamic, type DynamicPort } from "./dynamic.js";
import { failure, type History } from "./history.js";
import type { MemoryCall } from "./memory-provider.js";

/** What the capabilities need of the provider. */
export interface MemoryPort {
  enter(
    operation: MemoryCall["operation"],
    path: SecretPath | undefined,
    signal: AbortSignal,
  ): Promise<void>;
  history(path: SecretPath): History;
  exists(path: SecretPath): boolean;
  isAllowed(operation: PermissionOperation): boolean;
  read(ref: SecretRef): ProviderSecret;
  write(path: SecretPath, value: Secret): string;
  change<Result>(path: SecretPath, work: () => Result): Result;
  readonly changes: ChangeHub;
  readonly dynamic: DynamicPort;
}

/** The typed objects behind `store.as(…)`. */
export function memoryExtensions(
  port: MemoryPort,
): Omit<CapabilityMap, "identity" | "encryption" | "signing"> {
  return {
    versions: {
      async list(ref, { signal }) {
        await port.enter("versions", ref.path, signal);
        return port.history(ref.path).list();
      },
      async undelete(ref, { signal }) {
        await port.enter("undelete", ref.path, signal);
        const history = port.history(ref.path);
        port.change(ref.path, () => history.undelete(ref.version));
      },
    },
    patch: {
      async patch(path, fields, { signal, ifVersion }) {
        await port.enter("put", path, signal);
        const { value, version } = port.read({ path });
        if (ifVersion !== undefined && ifVersion !== version) throw failure("Conflict");
        const merged = mergeFields(value, fields);
        value.dispose();
        return { version: port.write(path, merged) };
      },
    },
    bulkGet: {
      async getMany(refs, { signal }) {
        await port.enter("get", undefined, signal);
        return refs.map((ref) => {
          try {
            return { secret: port.read(ref) };
          } catch (error) {
            return { error };
          }
        });
      },
    },
    permissions: {
      async check(ref, operations, { signal }) {
        await port.enter("health", undefined, signal);
        return {
          exists: port.exists(ref.path),
          operations: new Map(
            operations.map((operation) => [operation, port.isAllowed(operation)]),
          ),
        };
      },
    },
    watch: { watch: (refs, { signal }) => port.changes.watch(refs, signal) },
    dynamic: memoryDynamic(port.dynamic),
  };
}

function mergeFields(value: Secret, fields: ReadonlyMap<string, unknown>): Secret {
  const current = value.kind === "json" ? value.json() : undefined;
  if (typeof current !== "object" || current === null || Array.isArray(current)) {
    throw failure("InvalidValue");
  }
  const merged = new Map<string, unknown>(Object.entries(current));
  for (const [name, field] of fields) {
    if (field === null) merged.delete(name);
    else merged.set(name, field);
  }
  return Secret.json(Object.fromEntries(merged));
}
