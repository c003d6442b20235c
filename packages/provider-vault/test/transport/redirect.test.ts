import { expect, test } from "vitest";
import { standbyOrigin } from "../../src/transport/redirect.js";

const redirect = (location: string): { status: number; headers: { location: string } } => ({
  status: 307,
  headers: { location },
});

test("https is never left for http", () => {
  const from = new URL("https://vault.example.com:8200");
  expect(() => standbyOrigin(redirect("http://vault.example.com:8200/v1/a"), from)).toThrow(
    /without encryption/u,
  );
});

test("http may lead to https", () => {
  const from = new URL("http://vault.example.com:8200");
  expect(standbyOrigin(redirect("https://active.example.com:8200/v1/a"), from)?.href).toBe(
    "https://active.example.com:8200/",
  );
});

test("an answer that is no redirect leads nowhere", () => {
  const from = new URL("https://vault.example.com");
  expect(standbyOrigin({ status: 200, headers: {} }, from)).toBeUndefined();
  expect(standbyOrigin({ status: 404, headers: {} }, from)).toBeUndefined();
});
