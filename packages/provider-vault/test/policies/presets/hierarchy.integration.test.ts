import { beforeAll, describe } from "vitest";
import {
  adminOverrideLayer,
  composeLayers,
  environmentBaseLayer,
  globalDenyLayer,
  serviceLayer,
} from "../../../src/policies/index.js";
import { PresetServer } from "./use-presets.js";

const server = new PresetServer();
const { mount } = server;

beforeAll(async () => {
  await server.seed([
    "production/shared",
    "production/payments/db",
    "production/payments/db2",
    "production/payments/write-only",
    "production/orders/db",
    "production/purged",
    "staging/payments/db",
  ]);
  await server.ok("POST", `${mount}/delete/production/payments/db2`, { versions: [1] });
});

describe("B6, the hierarchy of four", () => {
  const place = { mount, environment: "production" };
  const deny = globalDenyLayer();
  const base = environmentBaseLayer(place);
  const service = serviceLayer({
    ...place,
    service: "payments",
    secrets: [
      { path: "db", operations: ["get", "put"] },
      { path: "write-only", operations: ["put"] },
    ],
  });
  const override = adminOverrideLayer({
    ...place,
    mfaMethods: ["totp"],
    paths: [{ path: "sys/policies/acl/*", capabilities: ["read"] }],
  });

  describe("levels 1 and 2: global deny, environment base", () => {
    server.checkTable(
      server.holderOf(() => composeLayers([deny, base]).policies),
      [
        ["allowed", "read", "KV/data/production/shared"],
        ["allowed", "read", "KV/data/production/payments/db"],
        ["allowed", "list", "KV/metadata/production"],
        ["denied", "update", "KV/data/production/shared"],
        ["denied", "read", "KV/data/staging/payments/db"],
        ["denied", "list", "KV/metadata/staging"],
        ["denied", "read", "sys/policies/acl/OWN-global-deny"],
        ["denied", "read", "sys/mounts"],
        ["denied", "update", "auth/token/create-orphan"],
      ],
    );
  });

  describe("level 1 beside policies that allow everything else", () => {
    server.checkTable(
      server.holderOf(() => [
        ...composeLayers([deny]).policies,
        {
          name: "wide",
          policy: {
            rules: [
              { path: "sys/*", capabilities: ["read", "list", "sudo"] },
              { path: "s*", capabilities: ["read", "list", "sudo"] },
              { path: "auth/token/*", capabilities: ["create", "update", "sudo"] },
            ],
          },
        },
      ]),
      [
        ["denied", "read", "sys/policies/acl/OWN-global-deny"],
        ["denied", "read", "sys/mounts"],
        ["denied", "list", "sys/policies/acl"],
        ["denied", "update", "auth/token/create-orphan"],
        ["allowed", "update", "auth/token/create"],
      ],
    );
  });

  describe("levels 1 to 3: and a service's exact paths", () => {
    server.checkTable(
      server.holderOf(() => composeLayers([deny, base, service]).policies),
      [
        ["allowed", "read", "KV/data/production/payments/db"],
        ["allowed", "update", "KV/data/production/payments/db"],
        ["allowed", "update", "KV/data/production/payments/write-only"],
        ["denied", "read", "KV/data/production/payments/write-only"],
        ["denied", "delete", "KV/data/production/payments/db"],
        ["denied", "update", "KV/data/production/payments/db2"],
        ["denied", "create", "KV/data/production/payments/db/below"],
        ["denied", "update", "KV/data/production/orders/db"],
        ["allowed", "read", "KV/data/production/orders/db"],
        ["denied", "update", "KV/data/staging/payments/db"],
        ["denied", "read", "sys/policies/acl/OWN-global-deny"],
      ],
    );
  });

  describe("levels 1, 2 and 4: and the admin override", () => {
    server.checkTable(
      server.holderOf(() => composeLayers([deny, base, override]).policies),
      [
        ["allowed", "update", "KV/data/production/orders/db"],
        ["allowed", "update", "KV/undelete/production/payments/db2"],
        ["allowed", "update", "KV/destroy/production/purged"],
        // How many versions it keeps, too.
        ["allowed", "update", "KV/metadata/production/orders/db"],
        ["allowed", "delete", "KV/metadata/production/purged"],
        ["allowed", "read", "sys/policies/acl/OWN-global-deny"],
        ["denied", "update", "sys/policies/acl/OWN-global-deny"],
        ["denied", "list", "sys/policies/acl"],
        ["denied", "read", "sys/mounts"],
        ["denied", "update", "auth/token/create-orphan"],
        ["denied", "read", "KV/data/staging/payments/db"],
        ["denied", "update", "KV/data/staging/payments/db"],
      ],
    );
  });
});
