import { describe, expect, it } from "vitest";
import { FakeClock } from "../../src/index.js";
import { errorOf, startTestVault } from "./support.js";

const dayMs = 86_400_000;

describe("a deleted secret", () => {
  it("holds its name until it is recovered, with all its versions", async () => {
    const clock = new FakeClock();
    const { server, call } = await startTestVault({ clock });
    await call("PUT", "/secrets/a", { body: { value: "1" } });
    await call("PUT", "/secrets/a", { body: { value: "2" } });
    const deleted = await call("DELETE", "/secrets/a");
    const seconds = Math.floor(clock.now() / 1_000);
    expect(deleted.body).toMatchObject({
      recoveryId: `${server.url}/deletedsecrets/a`,
      deletedDate: seconds,
      scheduledPurgeDate: seconds + 90 * 86_400,
    });
    expect(deleted.body["value"]).toBeUndefined();
    expect((await call("GET", "/secrets/a")).status).toBe(404);
    expect((await call("GET", "/secrets/a/versions")).body["value"]).toEqual([]);
    expect((await call("GET", "/deletedsecrets/A")).status).toBe(200);
    const taken = await call("PUT", "/secrets/a", { body: { value: "3" } });
    expect(taken.status).toBe(409);
    expect(errorOf(taken)).toEqual({ code: "Conflict", inner: "ObjectIsDeletedButRecoverable" });
    expect((await call("POST", "/deletedsecrets/a/recover")).status).toBe(200);
    expect((await call("GET", "/secrets/a")).body["value"]).toBe("2");
    expect((await call("GET", "/secrets/a/versions")).body["value"]).toHaveLength(2);
    expect((await call("GET", "/deletedsecrets/a")).status).toBe(404);
  });

  it("is gone for good when it is purged", async () => {
    const { call } = await startTestVault();
    await call("PUT", "/secrets/a", { body: { value: "1" } });
    await call("DELETE", "/secrets/a");
    const purged = await call("DELETE", "/deletedsecrets/a");
    expect([purged.status, purged.text]).toEqual([204, ""]);
    expect((await call("GET", "/deletedsecrets/a")).status).toBe(404);
    await call("PUT", "/secrets/a", { body: { value: "2" } });
    expect((await call("GET", "/secrets/a/versions")).body["value"]).toHaveLength(1);
  });

  it("is purged by the service at the end of the retention", async () => {
    const clock = new FakeClock();
    const { call } = await startTestVault({ clock, retentionDays: 7 });
    await call("PUT", "/secrets/a", { body: { value: "1" } });
    const { body } = await call("DELETE", "/secrets/a");
    expect(body["attributes"]).toMatchObject({
      recoveryLevel: "CustomizedRecoverable+Purgeable",
      recoverableDays: 7,
    });
    await clock.advance(7 * dayMs - 1_000);
    expect((await call("GET", "/deletedsecrets/a")).status).toBe(200);
    await clock.advance(1_000);
    expect((await call("GET", "/deletedsecrets/a")).status).toBe(404);
    expect((await call("PUT", "/secrets/a", { body: { value: "2" } })).status).toBe(200);
  });

  it("cannot be purged under purge protection", async () => {
    const { call } = await startTestVault({ purgeProtection: true });
    const { body } = await call("PUT", "/secrets/a", { body: { value: "1" } });
    expect(body["attributes"]).toMatchObject({ recoveryLevel: "Recoverable" });
    await call("DELETE", "/secrets/a");
    const refused = await call("DELETE", "/deletedsecrets/a");
    expect([refused.status, errorOf(refused).code]).toEqual([403, "Forbidden"]);
    expect((await call("GET", "/deletedsecrets/a")).status).toBe(200);
  });
});

describe("a change of state that takes its time", () => {
  it("shows the name neither here nor there, and refuses writes until it is over", async () => {
    const clock = new FakeClock();
    const { call } = await startTestVault({ clock, transitionMs: 2_000 });
    const put = async (): Promise<unknown> => {
      const answer = await call("PUT", "/secrets/a", { body: { value: "x" } });
      return answer.status === 200 ? "written" : errorOf(answer).inner;
    };
    const statuses = async (): Promise<number[]> => [
      (await call("GET", "/secrets/a")).status,
      (await call("GET", "/deletedsecrets/a")).status,
    ];
    await put();

    await call("DELETE", "/secrets/a");
    expect(await statuses()).toEqual([404, 404]);
    expect(await put()).toBe("ObjectIsBeingDeleted");
    expect(errorOf(await call("POST", "/deletedsecrets/a/recover")).inner).toBe(
      "ObjectIsBeingDeleted",
    );
    expect(errorOf(await call("DELETE", "/deletedsecrets/a")).inner).toBe("ObjectIsBeingDeleted");
    await clock.advance(2_000);
    expect(await statuses()).toEqual([404, 200]);

    await call("POST", "/deletedsecrets/a/recover");
    expect(await statuses()).toEqual([404, 404]);
    expect(await put()).toBe("ObjectIsBeingRecovered");
    await clock.advance(2_000);
    expect(await statuses()).toEqual([200, 404]);

    await call("DELETE", "/secrets/a");
    await clock.advance(2_000);
    await call("DELETE", "/deletedsecrets/a");
    expect(await statuses()).toEqual([404, 404]);
    expect(await put()).toBe("ObjectIsBeingDeleted");
    await clock.advance(2_000);
    expect(await put()).toBe("written");
  });
});
