import type { RequestListener } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { askMetadataService } from "../../src/auth/metadata-service.js";
import { json, kv2Body, startCanned } from "../canned-server.js";
import { openVaultStore } from "../support.js";

const absent = { code: "Unauthenticated", reason: "no-credentials", retryable: false };
const passing = { code: "Unavailable", reason: "metadata-unavailable", retryable: true };

function ask(address: string, signal = new AbortController().signal): Promise<string> {
  return askMetadataService({ url: `${address}/keys`, signal, cloud: "AWS" });
}

/** An address that nothing listens at any more. */
async function freedAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

describe("a metadata service", () => {
  test.each([410, 429, 500, 502, 503, 504])("that answers %i cannot answer now", async (status) => {
    const service = await startCanned((_request, response) => json(response, status, {}));
    await expect(ask(service.address)).rejects.toMatchObject(passing);
  });

  test.each([302, 400, 401, 403, 404, 405])(
    "that answers %i has nothing to give",
    async (status) => {
      const service = await startCanned((_request, response) => json(response, status, {}));
      await expect(ask(service.address)).rejects.toMatchObject(absent);
    },
  );

  test.each<[string, RequestListener]>([
    ["is silent", () => undefined],
    ["ends the connection", (request) => request.socket.destroy()],
    [
      "ends it in the middle of the answer",
      (_request, response) => {
        response.writeHead(200, { "Content-Length": "100" });
        response.write("half", () => response.destroy());
      },
    ],
  ])("that takes the connection and %s cannot answer now", async (_what, answer) => {
    const service = await startCanned(answer);
    await expect(ask(service.address)).rejects.toMatchObject(passing);
  });

  test("of which nothing is there is absent", async () => {
    await expect(ask(await freedAddress())).rejects.toMatchObject(absent);
    await expect(ask("http://[::1")).rejects.toMatchObject(absent);
  });

  test("that has answered before is not absent when it cannot be reached later", async () => {
    const service = await startCanned((_request, response) => response.end("keys"));
    expect(await ask(service.address)).toBe("keys");
    await service.stop();
    await expect(ask(service.address)).rejects.toMatchObject(passing);
  });

  test("whose answer is far too long is none", async () => {
    const service = await startCanned((_request, response) => {
      response.end(Buffer.alloc(512 * 1_024));
    });
    await expect(ask(service.address)).rejects.toMatchObject(absent);
  });

  test("is left as soon as the caller gives up, with the caller's reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const service = await startCanned(() => controller.abort(reason));
    await expect(ask(service.address, controller.signal)).rejects.toBe(reason);
  });
});

describe("a chain whose first method asks a metadata service", () => {
  async function chained(status: number): Promise<{
    readonly reading: Promise<string>;
    readonly tokens: () => readonly unknown[];
  }> {
    const service = await startCanned((_request, response) => json(response, status, {}));
    const vault = await startCanned((_request, response) =>
      json(response, 200, kv2Body({ value: "x" })),
    );
    const store = openVaultStore({
      address: vault.address,
      auth: {
        method: "chain",
        methods: [
          { method: "azure", role: "r", metadataAddress: service.address },
          { method: "token", token: "other" },
        ],
      },
    });
    onTestFinished(() => store.close());
    const reading = store.get("app/db").then((secret) => secret.text());
    return {
      reading,
      tokens: () => vault.requests.map(({ headers }) => headers["x-vault-token"]),
    };
  }

  test("does not become somebody else while the service cannot answer", async () => {
    const { reading, tokens } = await chained(503);
    await expect(reading).rejects.toMatchObject(passing);
    expect(tokens()).toEqual([]);
  });

  test("goes on to the next where the service has no identity", async () => {
    const { reading, tokens } = await chained(404);
    expect(await reading).toBe("x");
    expect(tokens()).toContain("other");
  });
});
