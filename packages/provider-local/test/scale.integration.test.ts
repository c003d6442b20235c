import { stat } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { report } from "./report.js";
import { createTestStore, type TestStore } from "./store-harness.js";

const secretCount = 10_000;
const value = "x".repeat(100);

let local: TestStore;
beforeAll(async () => {
  local = await createTestStore();
});
afterAll(() => local.remove());

async function measure<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const startMs = performance.now();
  const result = await work();
  report(`${what}: ${(performance.now() - startMs).toFixed(1)} ms`);
  return result;
}

test(`${secretCount} secrets of ${value.length} bytes can be written, listed and read`, async () => {
  const store = local.store();
  const names = Array.from(
    { length: secretCount },
    (_, index) => `team-${index % 50}/app/${index}`,
  );
  await measure(`${secretCount} concurrent puts`, () =>
    Promise.all(names.map((name) => store.put(name, value, { timeoutMs: 60_000 }))),
  );
  report(`store file: ${(await stat(local.file)).size} bytes`);
  await measure("one more put", () => store.put("one/more", value));
  await measure("one get", () => store.get(names[5000] as string));
  const other = local.store();
  await measure("first get of a new driver", () => other.get(names[5000] as string));
  const listed = await measure("full listing", async () => {
    let count = 0;
    for await (const page of store.list().pages()) count += page.items.length;
    return count;
  });
  expect(listed).toBe(secretCount + 1);
  const many = await measure("getMany of all", () => other.getMany(names));
  expect(many.size).toBe(secretCount);
  expect([...many.values()].every((secret) => secret.text() === value)).toBe(true);
});
