import { createCanary, expectClean } from "@kinko/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { json, kv2Body, startCanned } from "./canned-server.js";
import { openVaultStore } from "./support.js";

test("nothing is printed with DEBUG=*, neither tokens nor values", async () => {
  const canary = createCanary();
  const before = process.env["DEBUG"];
  // Read when the first request loads node-vault.
  process.env["DEBUG"] = "*";
  const printed: unknown[] = [];
  const outputs = [process.stderr, process.stdout].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation((chunk) => {
      printed.push(chunk);
      return true;
    }),
  );
  onTestFinished(() => {
    for (const output of outputs) output.mockRestore();
    if (before === undefined) delete process.env["DEBUG"];
    else process.env["DEBUG"] = before;
  });
  const server = await startCanned((request, response) => {
    if (request.method === "POST") json(response, 200, { data: { version: 1 } });
    else if (request.url?.includes("/mounts/") === true) {
      json(response, 200, { data: { type: "kv", options: { version: "2" } } });
    } else json(response, 200, kv2Body({ value: canary.value }));
  });
  const auth = { method: "token", token: canary.value } as const;
  const store = openVaultStore({ address: server.address, auth });
  expect((await store.get("app")).text()).toBe(canary.value);
  expect(await store.put("app", canary.value)).toEqual({ version: "1" });
  await store.close();
  expectClean(printed.map(String).join("\n"), canary);
});
