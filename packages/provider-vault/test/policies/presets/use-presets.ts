import { randomBytes } from "node:crypto";
import { createKvMount, realVault, type RealVault } from "@kinko/servers/vitest";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  compilePolicies,
  printPolicy,
  type CompiledPolicies,
  type NamedPolicy,
  type PolicyIdentity,
  type PolicyOperation,
} from "../../../src/policies/index.js";

const { fetch: send } = globalThis;

/** `KV` is the mount, `OWN` what the names of a test file begin with. */
export type Row = readonly ["allowed" | "denied", PolicyOperation, string];

const data = { data: { value: "of a test" } };

/** What is sent to the server, and what the simulator is asked. */
export interface Attempt {
  readonly operation: PolicyOperation;
  /** Below `/v1/`. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly wrapTtlSeconds?: number;
}

/** A token on the real server, and the same policies in the simulator. */
export interface Holder {
  readonly token: string;
  readonly compiled: CompiledPolicies;
}

/** Policies and tokens of a test file on the shared server, removed after its tests. */
export class PresetServer {
  readonly vault: RealVault = realVault();
  readonly mount = createKvMount({ version: 2 });
  readonly own = `presets-${randomBytes(4).toString("hex")}`;
  readonly #names = new Set<string>();

  constructor() {
    afterAll(async () => {
      for (const name of this.#names)
        await this.vault.request("DELETE", `sys/policies/acl/${name}`);
    });
  }

  /** Writes policies under names of their own; they are returned with these. */
  async put(policies: readonly NamedPolicy[]): Promise<readonly NamedPolicy[]> {
    const named = policies.map(({ name, policy }) => ({ name: `${this.own}-${name}`, policy }));
    for (const { name, policy } of named) {
      this.#names.add(name);
      await this.ok("PUT", `sys/policies/acl/${name}`, { policy: printPolicy(policy) });
    }
    return named;
  }

  /** A token without an identity. */
  async holder(policies: readonly NamedPolicy[]): Promise<Holder> {
    const named = await this.put(policies);
    const { body } = await this.ok("POST", "auth/token/create", {
      policies: named.map(({ name }) => name),
      no_default_policy: true,
      ttl: "10m",
    });
    const { client_token: token } = body["auth"] as { readonly client_token: string };
    return { token, compiled: compilePolicies(named) };
  }

  /** A token of somebody who logs in, with what templates are filled in with. */
  async login(
    policies: readonly NamedPolicy[],
    { path, password, identity }: Login,
  ): Promise<Holder> {
    const named = await this.put(policies);
    await this.ok("POST", path.replace("/login/", "/users/"), {
      password,
      token_policies: named.map(({ name }) => name),
      token_no_default_policy: true,
    });
    const { body } = await this.ok("POST", path, { password });
    const { client_token: token } = body["auth"] as { readonly client_token: string };
    return { token, compiled: compilePolicies(named, { identity }) };
  }

  /** The status of a real request with a holder's token. */
  async attempt({ token }: Holder, attempt: Attempt): Promise<number> {
    const { operation, path, body, wrapTtlSeconds } = attempt;
    const { status } = await send(`${this.vault.address}/v1/${path}`, {
      method: methods[operation] ?? "GET",
      headers: {
        "X-Vault-Token": token,
        ...(wrapTtlSeconds === undefined ? {} : { "X-Vault-Wrap-TTL": `${wrapTtlSeconds}s` }),
        ...(operation === "patch" ? { "Content-Type": "application/merge-patch+json" } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return status;
  }

  /** A request as root that must succeed. */
  async ok(...request: Parameters<RealVault["request"]>): ReturnType<RealVault["request"]> {
    const answer = await this.vault.request(...request);
    if (answer.status >= 300) throw new Error(`${request[0]} ${request[1]}: ${answer.status}`);
    return answer;
  }

  /** A holder for the tests of a `describe`. */
  holderOf(make: () => readonly NamedPolicy[]): () => Holder {
    let holder: Holder | undefined;
    beforeAll(async () => {
      holder = await this.holder(make());
    });
    return () => holder ?? expect.unreachable("no holder");
  }

  /** Each row is a test: a real request, answered as expected and as the simulator says. */
  checkTable(holder: () => Holder, rows: readonly Row[]): void {
    test.each(rows)("%s: %s %s", async (expected, operation, path) => {
      const body = bodyOf(operation, path);
      const attempt = {
        operation,
        path: path.replace(/^KV\//u, `${this.mount}/`).replaceAll("OWN", this.own),
        ...(body === undefined ? {} : { body }),
      };
      const { allowed } = holder().compiled.can({ ...attempt, parameters: body });
      const status = await this.attempt(holder(), attempt);
      expect({ simulator: allowed, server: status < 300, refused: status === 403 }).toEqual({
        simulator: expected === "allowed",
        server: expected === "allowed",
        refused: expected === "denied",
      });
    });
  }

  /** Writes secrets as root. */
  async seed(paths: readonly string[]): Promise<void> {
    for (const path of paths) await this.ok("POST", `${this.mount}/data/${path}`, data);
  }
}

/** How somebody logs in with userpass, and who they are. */
export interface Login {
  /** Such as `auth/userpass/login/alice`. */
  readonly path: string;
  readonly password: string;
  readonly identity: PolicyIdentity;
}

const methods: Readonly<Partial<Record<PolicyOperation, string>>> = {
  create: "POST",
  update: "POST",
  patch: "PATCH",
  delete: "DELETE",
  list: "LIST",
};

function bodyOf(operation: PolicyOperation, path: string): Record<string, unknown> | undefined {
  if (operation !== "create" && operation !== "update") return undefined;
  if (path.startsWith("KV/data/")) return data;
  if (/^KV\/(?:delete|undelete|destroy)\//u.test(path)) return { versions: [1] };
  return path.startsWith("KV/metadata/") ? { max_versions: 3 } : {};
}
