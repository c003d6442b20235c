import { createCanary } from "@kinko/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import type { VaultOptions } from "../../src/options.js";
import { json, startCanned } from "../canned-server.js";
import { failureOf } from "../failures.js";
import { openVaultStore } from "../support.js";

// Namespaces are of Vault Enterprise, which tests cannot have: this server answers as documented.
const canary = createCanary();

async function enterprise(
  answer: (path: string, method: string) => readonly [number, unknown],
  options: Partial<VaultOptions> = {},
) {
  const bodies: string[] = [];
  const server = await startCanned((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (text: string) => (body += text));
    request.on("end", () => {
      bodies.push(body);
      json(response, ...answer(request.url ?? "", request.method ?? ""));
    });
  });
  const store = openVaultStore({
    address: server.address,
    auth: { method: "token", token: "t", renew: false },
    ...options,
  });
  onTestFinished(() => store.close());
  return { server, store, bodies };
}

const team = { id: "a1b2", path: "team/", custom_metadata: { owner: "platform" } };

describe("namespaces of Enterprise", () => {
  test("are made, read, changed, listed and deleted by the documented API", async () => {
    const { server, store, bodies } = await enterprise((path, method) => {
      if (path.includes("list=true")) return [200, { data: { keys: ["team/", "other/"] } }];
      return method === "DELETE" ? [202, { request_id: "r" }] : [200, { data: team }];
    });
    const namespaces = store.as("namespaces");
    const expected = { id: "a1b2", path: "team", metadata: { owner: "platform" } };
    expect(await namespaces.create("team", { metadata: { owner: "platform" } })).toEqual(expected);
    expect(await namespaces.read("team")).toEqual(expected);
    expect(await namespaces.update("team", { owner: "platform", old: null })).toEqual(expected);
    expect(await namespaces.list()).toEqual(["team", "other"]);
    await namespaces.delete("team", { confirm: "team" });
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "POST /v1/sys/namespaces/team",
      "GET /v1/sys/namespaces/team",
      "PATCH /v1/sys/namespaces/team",
      "GET /v1/sys/namespaces?list=true",
      "DELETE /v1/sys/namespaces/team",
    ]);
    expect(bodies[2]).toBe('{"custom_metadata":{"owner":"platform","old":null}}');
    expect(server.requests[2]?.headers["content-type"]).toBe("application/merge-patch+json");
  });

  test("that are not there are not found, and are not deleted without a confirmation", async () => {
    const { server, store } = await enterprise(() => [404, { errors: [] }]);
    expect(await failureOf(store.as("namespaces").read("team"), canary)).toMatchObject({
      code: "NotFound",
      reason: "namespace-not-found",
    });
    expect(await store.as("namespaces").list()).toEqual([]);
    const before = server.requests.length;
    const call = store.as("namespaces").delete("team", { confirm: "" });
    expect((await failureOf(call, canary)).field).toBe("confirm");
    expect(server.requests).toHaveLength(before);
  });

  test("are named by the store, or by one call", async () => {
    const { server, store } = await enterprise(() => [200, { data: team }], { namespace: "corp" });
    await store.as("namespaces").read("team");
    await store.as("namespaces").read("team", { namespace: "corp/eu" });
    await store.as("namespaces").read("team", { namespace: "" });
    const sent = server.requests.map(({ headers }) => headers["x-vault-namespace"]);
    expect(sent).toEqual(["corp", "corp/eu", undefined]);
    const bad = store.as("namespaces").read("team", { namespace: "a\r\nX-Vault-Token: b" });
    expect(await failureOf(bad, canary)).toMatchObject({
      code: "Config",
      reason: "bad-namespace",
      field: "namespace",
    });
    expect(server.requests).toHaveLength(3);
  });
});

describe("a namespace that is a folder", () => {
  test("is not sent, and no call can name another", async () => {
    const { server, store } = await enterprise(() => [200, { data: team }], {
      namespace: "production",
      namespaceMode: "path-prefix",
    });
    await store.as("namespaces").read("team");
    expect(server.requests[0]?.headers).not.toHaveProperty("x-vault-namespace");
    const call = store.as("tokens").lookupSelf({ namespace: "staging" });
    expect(await failureOf(call, canary)).toMatchObject({
      code: "Unsupported",
      reason: "namespace-is-folder",
      field: "namespace",
    });
    expect(server.requests).toHaveLength(1);
  });

  test.each([undefined, "a/../b", "/", "a//b"])("cannot be %j", (namespace) => {
    const open = (): unknown =>
      openVaultStore({
        address: "http://127.0.0.1:1",
        auth: { method: "token", token: "t" },
        namespaceMode: "path-prefix",
        ...(namespace === undefined ? {} : { namespace }),
      });
    expect(open).toThrow(expect.objectContaining({ code: "Config", reason: "bad-namespace" }));
  });
});
