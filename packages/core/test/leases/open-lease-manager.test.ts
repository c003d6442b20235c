import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FakeClock } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { UnsupportedError } from "../../src/index.js";
import { openLeaseManager } from "../../src/leases/index.js";
import { folder } from "../support/folder.js";
import { FakeBackend } from "./fake-backend.js";
import { closeWithin } from "./support.js";

const path = "database/creds/readonly";

function storeOf(dynamic: FakeBackend): Parameters<typeof openLeaseManager>[0] {
  return { as: () => dynamic as never };
}

describe("openLeaseManager", () => {
  test("keeps credentials as the block `leases` says, with the journal beside the config", async () => {
    const cwd = await folder({
      "kinko.config.yaml": "leases:\n  overlapMs: 5000\n  journal: { directory: state/leases }\n",
    });
    const clock = new FakeClock();
    const backend = new FakeBackend(clock, { ttlSeconds: 60, renewable: false });
    const leases = await openLeaseManager(storeOf(backend), {
      cwd,
      env: {},
      clock,
      random: () => 0,
    });
    await leases.orphans;
    await leases.acquire({ path });
    expect(await readdir(join(cwd, "state/leases"))).toHaveLength(1);
    // A tenth of the life is left at the replacement; with the overlap of a minute it were a third.
    await clock.advance(53_900);
    expect(backend.count("issue")).toBe(1);
    await clock.advance(200);
    expect(backend.count("issue")).toBe(2);
    await closeWithin(clock, leases);
  });

  test("refuses times that make no sense, wherever they come from", async () => {
    const clock = new FakeClock();
    const given = openLeaseManager(storeOf(new FakeBackend(clock)), {
      config: { leases: { overlapMs: 5_000 } },
      env: { KINKO_LEASES_CALL_TIMEOUT_MS: "x" },
    });
    await expect(given).rejects.toMatchObject({ code: "Config", reason: "invalid-option" });
    const overlapMs = Number.NaN;
    await expect(
      openLeaseManager(storeOf(new FakeBackend(clock)), { config: {}, env: {}, overlapMs }),
    ).rejects.toMatchObject({ code: "Config", field: "overlapMs" });
  });

  test("refuses a store that makes no credentials", async () => {
    const store = {
      as: () => {
        throw new UnsupportedError("No.");
      },
    };
    await expect(openLeaseManager(store, { env: {} })).rejects.toMatchObject({
      code: "Unsupported",
    });
  });
});
