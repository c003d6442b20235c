import { describe, expect, test } from "vitest";
import { EventHub } from "../../src/events/event-hub.js";
import { nameHash, nameHashOfRef } from "../../src/events/name-hash.js";
import type { BreakerEvent, LogFields } from "../../src/index.js";
import { silentLogger } from "../../src/index.js";

const event: BreakerEvent = { provider: "a", from: "closed", to: "open" };

describe("the listeners of a store", () => {
  test("hear of an event at once, in the order in which they were added", () => {
    const hub = new EventHub(silentLogger);
    const heard: string[] = [];
    hub.on("breaker", () => heard.push("first"));
    hub.on("breaker", () => heard.push("second"));
    hub.emit("breaker", event);
    expect(heard).toEqual(["first", "second"]);
  });

  test("are asked for, so that nobody builds an event that nobody hears", () => {
    const hub = new EventHub(silentLogger);
    expect(hub.wants("breaker")).toBe(false);
    const off = hub.on("breaker", () => undefined);
    expect(hub.wants("breaker")).toBe(true);
    expect(hub.wants("retry")).toBe(false);
    off();
    off();
    expect(hub.wants("breaker")).toBe(false);
  });

  test("that were added twice are removed one at a time", () => {
    const hub = new EventHub(silentLogger);
    let count = 0;
    const listener = (): void => {
      count += 1;
    };
    const off = hub.on("breaker", listener);
    hub.on("breaker", listener);
    off();
    hub.emit("breaker", event);
    expect(count).toBe(1);
  });

  test("that fail are logged without their words, and stop nobody", () => {
    const lines: [string, LogFields | undefined][] = [];
    const hub = new EventHub({
      ...silentLogger,
      error: (text, fields) => lines.push([text, fields]),
    });
    let heard = 0;
    hub.on("breaker", () => {
      throw new Error("quotes a secret");
    });
    hub.on("breaker", () => {
      heard += 1;
    });
    hub.emit("breaker", event);
    expect(heard).toBe(1);
    expect(JSON.stringify(lines)).toContain("breaker");
    expect(JSON.stringify(lines)).not.toContain("quotes a secret");
  });
});

describe("the hash of a name", () => {
  test("is the same for all fields and versions of a secret, and tells it from others", () => {
    expect(nameHash("prod/db")).toMatch(/^[0-9a-f]{16}$/u);
    expect(nameHashOfRef("prod/db#password@3")).toBe(nameHash("prod/db"));
    expect(nameHashOfRef("prod/db@3")).toBe(nameHash("prod/db"));
    expect(nameHash("prod/other")).not.toBe(nameHash("prod/db"));
    expect(nameHashOfRef(undefined)).toBeUndefined();
  });
});
