import type { ProviderFinding } from "@kinko/core";
import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { provider } from "../src/index.js";
import type { GcpOptions } from "../src/options.js";
import { serviceUnderTest } from "./google.js";
import { optionsFor, testContext } from "./support.js";

const canary = createCanary();

async function diagnose(options: GcpOptions): Promise<readonly ProviderFinding[]> {
  const found = (await provider.diagnose?.(options, testContext({ timeoutMs: 5_000 }))) ?? [];
  expectClean(found, canary);
  return found;
}

const wrong = (found: readonly ProviderFinding[]): ProviderFinding[] =>
  found.filter(({ ok }) => !ok);

describe.each(["grpc", "rest"] as const)("diagnose by %s", (transport) => {
  test("finds endpoint, project, credentials and every permission, and changes nothing", async () => {
    const { server, store } = await serviceUnderTest({ transport });
    const found = await diagnose(optionsFor(server, { transport }));
    expect(found.map(({ subject, ok }) => [subject, ok])).toEqual([
      ["endpoint", true],
      ["project", true],
      ["credentials", true],
      ["permission to read", true],
      ["permission to list", true],
      ["permission to write", true],
      ["permission to delete", true],
    ]);
    const names: string[] = [];
    for await (const { path } of store.list()) names.push(path.join("/"));
    expect(names).toEqual([]);
  });

  test("warns of each operation that no role allows, and names one", async () => {
    const { server } = await serviceUnderTest({ transport });
    server.deny(["secretmanager.versions.add", "secretmanager.secrets.delete"]);
    const found = wrong(await diagnose(optionsFor(server, { transport })));
    expect(found).toMatchObject([
      { reason: "may-not-write", warning: true },
      { reason: "may-not-delete", warning: true },
    ]);
    expect(found[1]?.advice).toContain("Secret Manager Admin");
  });

  test("tells a token that Google does not take, and an address where nobody listens", async () => {
    const { server } = await serviceUnderTest({ transport });
    const credential = { method: "access-token", token: canary.value } as const;
    const refused = wrong(await diagnose(optionsFor(server, { transport, credential })));
    expect(refused).toMatchObject([{ subject: "credentials" }]);
    const nobody = wrong(await diagnose(optionsFor(server, { transport, port: 1 })));
    expect(nobody).toMatchObject([{ subject: "endpoint" }]);
  });

  test("tells a missing file of credentials, and a missing project", async () => {
    const { server } = await serviceUnderTest({ transport });
    const credential = { method: "key-file", file: "/nowhere/key.json" } as const;
    const found = wrong(await diagnose(optionsFor(server, { transport, credential })));
    expect(found).toMatchObject([{ subject: "credentials", reason: "credential-file" }]);
    expect(await diagnose({ transport })).toMatchObject([
      { subject: "options", reason: "no-project" },
    ]);
  });
});
