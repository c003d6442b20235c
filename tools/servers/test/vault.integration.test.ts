import { expect, test } from "vitest";
import { createKvMount, realVault } from "../src/vitest/index.js";

const vault = realVault();
const mount = createKvMount({ version: 2 });

test("x", async () => {
  expect((await vault.request("GET", "sys/health")).status).toBe(200);
  expect((await vault.request("POST", `${mount}/data/app`, { data: { a: 1 } })).status).toBe(200);
  expect((await vault.tls.request("GET", "sys/health")).status).toBe(200);
});
