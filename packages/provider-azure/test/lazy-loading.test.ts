import { register } from "node:module";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import { afterAll, expect, it } from "vitest";
import { testContext } from "./support.js";

/** Tells the address of everything that Node itself loads. */
const hook = `
let port;
export function initialize(data) { port = data; }
export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context);
  port.postMessage(resolved.url);
  return resolved;
}`;

const { port1, port2 } = new MessageChannel();
register(`data:text/javascript,${encodeURIComponent(hook)}`, {
  data: port2,
  transferList: [port2],
});
afterAll(() => port1.close());

const loaded: string[] = [];
function loadedSdks(): string[] {
  for (;;) {
    const message = receiveMessageOnPort(port1);
    if (message === undefined) break;
    loaded.push(String(message.message));
  }
  const packages = loaded.flatMap(
    (url) =>
      /node_modules\/((?:@azure|@aws-sdk|@google-cloud)\/[\w-]+|node-vault)\//u.exec(url)?.[1] ??
      [],
  );
  return [...new Set(packages)];
}

it("loads the SDK at the first call, the identity library with the first token, others never", async () => {
  const { provider } = await import("../src/index.js");
  const driver = await provider.create(
    {
      vaultUrl: "https://127.0.0.1:9",
      credential: { method: "access-token", token: "token" },
    },
    testContext(),
  );
  expect(loadedSdks()).toEqual([]);
  const call = driver.health({ signal: new AbortController().signal });
  await expect(call).rejects.toMatchObject({ code: "ECONNREFUSED" });
  expect(loadedSdks()).toContain("@azure/keyvault-secrets");
  expect(loadedSdks()).not.toContain("@azure/identity");
  expect(loadedSdks().filter((name) => !name.startsWith("@azure/"))).toEqual([]);
  await driver.close();
});
