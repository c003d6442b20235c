import { beforeAll, describe } from "vitest";
import {
  applicationPolicy,
  developerPolicy,
  devopsPolicy,
  isolationPolicy,
} from "../../../src/policies/index.js";
import { PresetServer } from "./use-presets.js";

const server = new PresetServer();
const { mount } = server;

beforeAll(() =>
  server.seed([
    "dev/db",
    "dev/team/api",
    "dev/gone",
    "developer",
    "prod/app/db",
    "prod/app/keys/stripe",
    "prod/app2/db",
    "prod/app",
    "prod/other/db",
    "production/shared",
    "staging/payments/db",
    "top",
  ]),
);

describe("A5, a developer", () => {
  server.checkTable(
    server.holderOf(() => [{ name: "developer", policy: developerPolicy({ mount }) }]),
    [
      ["allowed", "read", "KV/data/dev/db"],
      ["allowed", "read", "KV/data/dev/team/api"],
      ["allowed", "list", "KV/metadata/dev"],
      ["allowed", "list", "KV/metadata/dev/team/"],
      ["denied", "update", "KV/data/dev/db"],
      ["denied", "create", "KV/data/dev/new"],
      ["denied", "delete", "KV/data/dev/gone"],
      ["denied", "read", "KV/metadata/dev/db"],
      ["denied", "update", "KV/destroy/dev/db"],
      ["denied", "delete", "KV/metadata/dev/db"],
      ["denied", "read", "KV/data/developer"],
      ["denied", "read", "KV/data/prod/app/db"],
      ["denied", "list", "KV/metadata/prod"],
      ["denied", "list", "KV/metadata"],
      ["denied", "read", "sys/policies/acl/OWN-developer"],
    ],
  );
});

describe("A5, devops", () => {
  server.checkTable(
    server.holderOf(() => [{ name: "devops", policy: devopsPolicy({ mount }) }]),
    [
      ["allowed", "read", "KV/data/dev/db"],
      ["allowed", "read", "KV/data/prod/app/db"],
      ["allowed", "read", "KV/data/top"],
      ["allowed", "list", "KV/metadata"],
      ["allowed", "list", "KV/metadata/prod"],
      ["denied", "update", "KV/data/dev/db"],
      ["denied", "create", "KV/data/new"],
      ["denied", "delete", "KV/data/dev/gone"],
      ["denied", "read", "KV/metadata/dev/db"],
      ["denied", "update", "KV/undelete/dev/db"],
      ["denied", "read", "KV/config"],
      ["denied", "read", "sys/mounts"],
      ["denied", "update", "auth/token/create"],
    ],
  );
});

describe("A5, an application in production", () => {
  server.checkTable(
    server.holderOf(() => [
      { name: "application", policy: applicationPolicy({ mount, application: "app" }) },
    ]),
    [
      ["allowed", "read", "KV/data/prod/app/db"],
      ["allowed", "read", "KV/data/prod/app/keys/stripe"],
      ["denied", "update", "KV/data/prod/app/db"],
      ["denied", "create", "KV/data/prod/app/new"],
      ["denied", "patch", "KV/data/prod/app/db"],
      ["denied", "delete", "KV/data/prod/app/db"],
      ["denied", "list", "KV/metadata/prod/app"],
      ["denied", "read", "KV/metadata/prod/app/db"],
      ["denied", "read", "KV/subkeys/prod/app/db"],
      ["denied", "read", "KV/data/prod/app2/db"],
      ["denied", "read", "KV/data/prod/app"],
      ["denied", "read", "KV/data/prod/other/db"],
      ["denied", "read", "KV/data/dev/db"],
      ["denied", "update", "sys/capabilities-self"],
    ],
  );
});

describe("B5, isolation of environments by path", () => {
  server.checkTable(
    server.holderOf(() => [
      {
        name: "isolation",
        policy: isolationPolicy({
          mount,
          environment: "production",
          others: ["staging", "dev"],
          operations: ["get", "put", "list"],
        }),
      },
      { name: "devops", policy: devopsPolicy({ mount }) },
    ]),
    [
      ["allowed", "read", "KV/data/production/shared"],
      ["allowed", "update", "KV/data/production/shared"],
      ["allowed", "list", "KV/metadata/production"],
      ["allowed", "read", "KV/data/prod/app/db"],
      ["denied", "read", "KV/data/staging/payments/db"],
      ["denied", "list", "KV/metadata/staging"],
      ["denied", "list", "KV/metadata/staging/"],
      ["denied", "list", "KV/metadata/staging/payments"],
      ["denied", "read", "KV/data/dev/db"],
      ["denied", "create", "KV/data/dev/new"],
      ["denied", "update", "KV/undelete/dev/db"],
      ["denied", "read", "KV/subkeys/staging/payments/db"],
    ],
  );
});
