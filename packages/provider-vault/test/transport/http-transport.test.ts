import { setImmediate as immediate } from "node:timers/promises";
import { isSecretError } from "@kinko/core";
import { describe, expect, onTestFinished, test } from "vitest";
import type { HttpRequest } from "../../src/transport/exchange.js";
import { createHttpTransport, type HttpTransport } from "../../src/transport/http-transport.js";
import { maxAnswerBytes } from "../../src/transport/read-body.js";
import { deferred, startCanned } from "../canned-server.js";

function transportTo(address: string): HttpTransport {
  const transport = createHttpTransport({
    origin: new URL(address),
    tls: () => Promise.resolve({}),
  });
  onTestFinished(() => transport.close());
  return transport;
}

function get(path = "/v1/a", overrides: Partial<HttpRequest> = {}): HttpRequest {
  return { method: "GET", path, headers: {}, signal: new AbortController().signal, ...overrides };
}

async function failureOf(
  work: Promise<unknown>,
): Promise<{ readonly code?: unknown; readonly reason?: unknown }> {
  const error: unknown = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(Error);
  return error as { readonly code?: unknown; readonly reason?: unknown };
}

describe("connections", () => {
  test("one connection serves many requests", async () => {
    const server = await startCanned((_request, response) => response.end("ok"));
    const transport = transportTo(server.address);
    for (let n = 0; n < 10; n += 1) expect((await transport.send(get())).text).toBe("ok");
    expect(server.connections()).toBe(1);
  });

  test("200 requests at once open at most 64 connections, and all are answered", async () => {
    const server = await startCanned((request, response) => response.end(request.url));
    const transport = transportTo(server.address);
    const paths = Array.from({ length: 200 }, (_, n) => `/v1/${n}`);
    const answers = await Promise.all(paths.map((path) => transport.send(get(path))));
    expect(answers.map(({ text }) => text)).toEqual(paths);
    expect(server.connections()).toBeLessThanOrEqual(64);
  });

  test("a read on a connection that the server has just closed is sent again", async () => {
    const used = new Set<unknown>();
    const server = await startCanned((request, response) => {
      if (used.has(request.socket)) request.socket.resetAndDestroy();
      else response.end("ok");
      used.add(request.socket);
    });
    const transport = transportTo(server.address);
    await transport.send(get());
    expect((await transport.send(get())).text).toBe("ok");
    expect(server.connections()).toBe(2);
  });

  test.each<[string, Partial<HttpRequest>]>([
    ["a write", { method: "POST", body: "{}" }],
    ["a read that makes something", { once: true }],
  ])("%s on such a connection is not sent again", async (_what, overrides) => {
    const used = new Set<unknown>();
    const server = await startCanned((request, response) => {
      if (used.has(request.socket)) request.socket.resetAndDestroy();
      else response.end("ok");
      used.add(request.socket);
    });
    const transport = transportTo(server.address);
    await transport.send(get());
    const error = await failureOf(transport.send(get("/v1/a", overrides)));
    expect(error.code).toBe("ECONNRESET");
    expect(server.requests).toHaveLength(2);
  });

  test("nothing is sent after close", async () => {
    const server = await startCanned((_request, response) => response.end("ok"));
    const transport = transportTo(server.address);
    transport.close();
    expect(isSecretError(await failureOf(transport.send(get())), "Closed")).toBe(true);
    expect(server.requests).toHaveLength(0);
  });
});

describe("ends", () => {
  test.each(["before the answer", "in the middle of the answer"])(
    "an abort %s ends the request at once, before anything else can happen",
    async (moment) => {
      const arrived = deferred();
      const closed = deferred();
      const server = await startCanned((request, response) => {
        request.socket.once("close", () => closed.resolve());
        if (moment === "in the middle of the answer") {
          response.writeHead(200, { "Content-Length": "100" });
          response.write("half");
        }
        arrived.resolve();
      });
      const controller = new AbortController();
      const sending = failureOf(
        transportTo(server.address).send(get("/v1/a", { signal: controller.signal })),
      );
      await arrived.promise;
      const reason = new Error("enough");
      controller.abort(reason);
      // Within this turn of the event loop, so how busy the machine is does not matter.
      expect(await Promise.race([sending, immediate("later")])).toBe(reason);
      await closed.promise;
    },
  );

  test("a signal that was aborted before sends nothing", async () => {
    const server = await startCanned((_request, response) => response.end("ok"));
    const reason = new Error("enough");
    const error = await failureOf(
      transportTo(server.address).send(get("/v1/a", { signal: AbortSignal.abort(reason) })),
    );
    expect(error).toBe(reason);
    expect(server.requests).toHaveLength(0);
  });

  test.each([
    ["a length that is not reached", { "Content-Length": "100" }],
    ["chunks that never end", { "Transfer-Encoding": "chunked" }],
  ])("an answer that is cut off is not taken for a whole one: %s", async (_title, headers) => {
    const server = await startCanned((_request, response) => {
      response.writeHead(200, headers);
      response.write('{"data":{}}', () => response.destroy());
    });
    const error = await failureOf(transportTo(server.address).send(get()));
    expect(isSecretError(error, "Unavailable")).toBe(true);
    expect(error.reason).toBe("answer-truncated");
  });

  test("an answer without end is given up at the limit", async () => {
    const chunk = Buffer.alloc(1024 * 1024, "x");
    const closed = deferred();
    const server = await startCanned((_request, response) => {
      response.on("close", () => closed.resolve());
      response.writeHead(200);
      const fill = (): void => {
        while (!response.destroyed && response.write(chunk)) continue;
      };
      response.on("drain", fill);
      fill();
    });
    const error = await failureOf(transportTo(server.address).send(get()));
    expect(isSecretError(error, "TooLarge")).toBe(true);
    expect(error.reason).toBe("answer-too-large");
    expect(maxAnswerBytes).toBe(67_108_864);
    await closed.promise;
  });
});

describe("content", () => {
  test("status, headers and text beyond ASCII come back, in any split", async () => {
    const text = "grüße 世界 👩‍👩‍👧‍👦".repeat(50);
    const server = await startCanned((_request, response) => {
      response.writeHead(202, { "X-Vault-Index": "index", "Retry-After": "3" });
      for (const byte of Buffer.from(text)) response.write(Buffer.of(byte));
      response.end();
    });
    const answer = await transportTo(server.address).send(get());
    expect(answer.status).toBe(202);
    expect(answer.text).toBe(text);
    expect(answer.headers).toMatchObject({ "x-vault-index": "index", "retry-after": "3" });
  });

  test("a body is sent with its length in bytes", async () => {
    let received = "";
    const server = await startCanned((request, response) => {
      request.on("data", (chunk: Buffer) => (received += chunk.toString("utf8")));
      request.on("end", () => response.end());
    });
    await transportTo(server.address).send(get("/v1/a", { method: "POST", body: '{"a":"ü"}' }));
    expect(received).toBe('{"a":"ü"}');
    expect(server.requests[0]?.headers["content-length"]).toBe("10");
  });
});

describe("redirects", () => {
  test("a standby's redirect is followed to the active node, with the own path and headers", async () => {
    const active = await startCanned((_request, response) => response.end("active"));
    const standby = await startCanned((_request, response) => {
      response.writeHead(307, { Location: `${active.address}/elsewhere` }).end();
    });
    const request = get("/v1/secret/data/a%20b?version=1", { headers: { "X-Vault-Token": "t" } });
    expect((await transportTo(standby.address).send(request)).text).toBe("active");
    expect(active.requests[0]?.url).toBe("/v1/secret/data/a%20b?version=1");
    expect(active.requests[0]?.headers["x-vault-token"]).toBe("t");
  });

  test("a second redirect is not followed", async () => {
    const loop = await startCanned((request, response) => {
      response.writeHead(307, { Location: `http://${request.headers.host}/v1/a` }).end();
    });
    const error = await failureOf(transportTo(loop.address).send(get()));
    expect(error.reason).toBe("redirect-loop");
    expect(loop.requests).toHaveLength(2);
  });

  test.each([
    ["another status", 302, "http://127.0.0.1:1/v1/a"],
    ["credentials", 307, "http://user:pass@127.0.0.1:1/v1/a"],
    ["another scheme", 307, "ftp://127.0.0.1/v1/a"],
    ["no location", 307, undefined],
    ["no URL", 307, "http://[/"],
  ])("a redirect with %s is refused", async (_title, status, location) => {
    const server = await startCanned((_request, response) => {
      response.writeHead(status, location === undefined ? {} : { Location: location }).end();
    });
    const error = await failureOf(transportTo(server.address).send(get()));
    expect(isSecretError(error, "Unavailable")).toBe(true);
    expect(error.reason).toBe("unexpected-redirect");
    expect(server.requests).toHaveLength(1);
  });
});
