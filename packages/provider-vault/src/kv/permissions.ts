import type { PermissionOperation, SecretPath } from "@kinko/core";
import type { VaultClient } from "../client/vault-client.js";
import { encodePath } from "../names.js";
import type { KvMetadata } from "./metadata.js";

interface Request {
  readonly client: VaultClient;
  /** Encoded path of the mount. */
  readonly mount: string;
  readonly path: SecretPath;
  readonly operations: readonly PermissionOperation[];
  readonly signal: AbortSignal;
}

interface Answer {
  readonly exists: boolean | undefined;
  readonly operations: ReadonlyMap<PermissionOperation, boolean>;
}

/** What the token may do with a secret of KV v2; no value is read. */
export async function checkKv2Permissions(
  request: Request & { readonly metadata: () => Promise<KvMetadata | "denied" | undefined> },
): Promise<Answer> {
  const path = request.path.join("/");
  const mount = decodeURIComponent(request.mount);
  const data = `${mount}/data/${path}`;
  const folder = `${mount}/metadata/${path}/`;
  const rights = await capabilities(request, [data, folder]);
  const metadata = await request.metadata();
  const known = metadata === "denied" ? undefined : { metadata };
  const current = known?.metadata?.versions.find(
    ({ number }) => number === known.metadata?.currentVersion,
  );
  return {
    exists: known === undefined ? undefined : current?.state === "enabled",
    // To Vault, a deleted secret still exists: writing it is an update.
    operations: decide(
      request.operations,
      rights(data),
      rights(folder),
      known && known.metadata !== undefined,
    ),
  };
}

/** What the token may do with a secret of KV v1; no value is read. */
export async function checkKv1Permissions(
  request: Request & { readonly siblings: () => Promise<readonly string[] | undefined> },
): Promise<Answer> {
  const path = request.path.join("/");
  const mount = decodeURIComponent(request.mount);
  const secret = `${mount}/${path}`;
  const folder = `${secret}/`;
  const parent = secret.slice(0, secret.lastIndexOf("/") + 1);
  const rights = await capabilities(request, [secret, folder, parent]);
  const mayList = rights(parent).has("root") || rights(parent).has("list");
  const exists = mayList
    ? (await request.siblings())?.includes(request.path.at(-1) ?? "") === true
    : undefined;
  return { exists, operations: decide(request.operations, rights(secret), rights(folder), exists) };
}

async function capabilities(
  request: Request,
  paths: readonly string[],
): Promise<(path: string) => ReadonlySet<string>> {
  // Refuses names that Vault cannot hold, as every other operation does.
  encodePath(request.path);
  const { data } = await request.client.request({
    method: "POST",
    path: "sys/capabilities-self",
    body: { paths },
    signal: request.signal,
  });
  return (path) => {
    const list = data?.[path];
    return new Set(Array.isArray(list) ? list.filter((item) => typeof item === "string") : []);
  };
}

function decide(
  operations: readonly PermissionOperation[],
  secret: ReadonlySet<string>,
  folder: ReadonlySet<string>,
  exists: boolean | undefined,
): ReadonlyMap<PermissionOperation, boolean> {
  const may = (rights: ReadonlySet<string>, right: string): boolean =>
    rights.has("root") || (rights.has(right) && !rights.has("deny"));
  const answers: Readonly<Record<PermissionOperation, () => boolean>> = {
    get: () => may(secret, "read"),
    put: () =>
      exists === undefined
        ? may(secret, "create") && may(secret, "update")
        : may(secret, exists ? "update" : "create"),
    delete: () => may(secret, "delete"),
    list: () => may(folder, "list"),
  };
  return new Map(operations.map((operation) => [operation, answers[operation]()]));
}
