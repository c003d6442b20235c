import { expect, onTestFinished, test } from "vitest";
import {
  startSecretManagerServer,
  type SecretManagerServer,
} from "../../src/google-secret-manager/index.js";

async function start(): Promise<{
  readonly server: SecretManagerServer;
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<{ readonly status: number; readonly body: unknown }>;
}> {
  const server = await startSecretManagerServer();
  onTestFinished(() => server.close());
  return {
    server,
    async call(method, path, body) {
      const response = await fetch(
        `http://127.0.0.1:${server.restPort}/v1/projects/test-project${path}`,
        { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
      );
      return { status: response.status, body: await response.json() };
    },
  };
}

test("the JSON over REST is that of Google's documentation", async () => {
  const { server, call } = await start();
  const name = `projects/${server.projectNumber}/secrets/app`;
  expect(
    await call("POST", "/secrets?secretId=app", { replication: { automatic: {} } }),
  ).toMatchObject({
    status: 200,
    body: { name, createTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/u) as unknown },
  });
  const payload = { data: "c2VDcjN0", data_crc32c: "3131363379" };
  expect(await call("POST", "/secrets/app:addVersion", { payload })).toMatchObject({ status: 400 });
  expect(
    await call("POST", "/secrets/app:addVersion", {
      payload: { data: "YQo=", data_crc32c: 163439259 },
    }),
  ).toMatchObject({
    status: 200,
    body: { name: `${name}/versions/1`, state: "ENABLED", clientSpecifiedPayloadChecksum: true },
  });
  expect(await call("GET", "/secrets/app/versions/latest:access")).toEqual({
    status: 200,
    body: { name: `${name}/versions/1`, payload: { data: "YQo=", dataCrc32c: "163439259" } },
  });
  expect(
    await call("PATCH", "/secrets/app?update_mask=labels", { labels: { a: "b" } }),
  ).toMatchObject({
    status: 200,
    body: { labels: { a: "b" } },
  });
  expect(await call("GET", "/secrets?page_size=1")).toMatchObject({
    body: { secrets: [{ name }], nextPageToken: "", totalSize: 1 },
  });
  expect(await call("GET", "/secrets/app/versions?$alt=json;enum-encoding=int")).toMatchObject({
    body: { versions: [{ state: 1 }] },
  });
  expect(await call("DELETE", "/secrets/app")).toEqual({ status: 200, body: {} });
});

test("errors have Google's body and status", async () => {
  const { server, call } = await start();
  expect(await call("GET", "/secrets/missing")).toEqual({
    status: 404,
    body: {
      error: {
        code: 404,
        message: `Secret [projects/${server.projectNumber}/secrets/missing] not found.`,
        status: "NOT_FOUND",
      },
    },
  });
  server.fail({ action: { type: "throttled", retryDelaySeconds: 3 } });
  expect(await call("GET", "/secrets")).toMatchObject({
    status: 429,
    body: {
      error: {
        status: "RESOURCE_EXHAUSTED",
        details: [{ reason: "RATE_LIMIT_EXCEEDED" }, { retryDelay: "3s" }],
      },
    },
  });
  expect(await call("GET", "/nothing")).toMatchObject({ status: 404 });
  expect(await call("GET", "/secrets?pageSize=-1")).toMatchObject({ status: 400 });
  expect(await call("GET", "/secrets?filter=nonsense")).toMatchObject({ status: 400 });
  const response = await fetch(
    `http://127.0.0.1:${server.restPort}/v1/projects/test-project/secrets?secretId=a`,
    { method: "POST", body: "{" },
  );
  expect(response.status).toBe(400);
});
