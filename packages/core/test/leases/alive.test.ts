import { flushMicrotasks } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { watchHolds } from "../support/holds.js";
import { setUp } from "./support.js";

const path = "database/creds/app";

/** A handle whose credentials have ended, while the backend is down until told. */
async function ended() {
  let isDown = false;
  const setup = setUp({ ttlSeconds: 5, renewable: false, fault: () => (isDown ? "fail" : "none") });
  const handle = await setup.manager.acquire({ path });
  isDown = true;
  await setup.clock.advance(60_000);
  return { ...setup, handle, recover: () => (isDown = false) };
}

describe("a wait for credentials", () => {
  test("keeps the process alive until they are there, however many wait", async () => {
    const holds = watchHolds();
    const { handle, clock, recover } = await ended();
    expect(holds()).toBe(0);
    const waiting = [1, 2, 3].map(() => handle.ready());
    await flushMicrotasks();
    expect(holds()).toBe(1);
    await clock.advance(60_000);
    expect(holds()).toBe(1);
    recover();
    await clock.advance(60_000);
    await Promise.all(waiting);
    expect(holds()).toBe(0);
  });

  test("no longer does when the last one has given up", async () => {
    const holds = watchHolds();
    const { handle } = await ended();
    const [first, second] = [new AbortController(), new AbortController()];
    const waiting = [first, second].map(({ signal }) => handle.ready({ signal }));
    first.abort();
    await expect(waiting[0]).rejects.toMatchObject({ code: "Aborted" });
    expect(holds()).toBe(1);
    second.abort();
    await expect(waiting[1]).rejects.toMatchObject({ code: "Aborted" });
    await expect(handle.ready({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "Aborted",
    });
    expect(holds()).toBe(0);
  });

  test("no longer does when the handle is closed", async () => {
    const holds = watchHolds();
    const { handle, clock } = await ended();
    const waiting = handle.ready();
    await flushMicrotasks();
    expect(holds()).toBe(1);
    const closing = handle.close();
    await expect(waiting).rejects.toMatchObject({ code: "Closed" });
    expect(holds()).toBe(0);
    await clock.advance(60_000);
    await closing;
  });
});
