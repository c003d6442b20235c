import { expect, test } from "vitest";
import { setUp } from "./support.js";

const path = "database/creds/app";

test("renewal and rotation leave a slow backend time for its answer, in a short life too", async () => {
  for (const random of [0, 0.5, 0.999]) {
    const leftMs: number[] = [];
    const { manager, clock, backend, types } = setUp(
      {
        ttlSeconds: 5,
        maxTtlSeconds: 15,
        fault: (operation) => {
          const lease = [...backend.leases.values()].at(-1);
          if (operation !== "revoke" && lease !== undefined)
            leftMs.push(lease.endsMs - clock.monotonicMs());
          return "none";
        },
      },
      { random: () => random },
    );
    await manager.acquire({ path });
    await clock.advance(60_000);
    expect(types()).toContain("rotated");
    expect(Math.min(...leftMs)).toBeGreaterThan(1_700);
  }
});
