import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { FakeHandle } from "./fake-handle.js";

function isLoaded(name: string): boolean {
  const { cache } = createRequire(import.meta.url);
  return Object.keys(cache).some((file) => file.includes(`/node_modules/${name}/`));
}

test("pg is loaded by the first query, and by nothing before it", async () => {
  const { createRotatingPool } = await import("../src/index.js");
  const pool = createRotatingPool({
    handle: new FakeHandle(),
    // Port 1 of this machine, where nothing answers.
    pool: { host: "127.0.0.1", port: 1, database: "shop" },
  });
  expect(isLoaded("pg")).toBe(false);
  await expect(pool.query("SELECT 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  expect(isLoaded("pg")).toBe(true);
  await pool.end();
});
