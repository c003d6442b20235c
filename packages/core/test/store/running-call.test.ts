import { describe, expect, it } from "vitest";
import { TimeoutError } from "../../src/errors/classes.js";
import { cancellationOf } from "../../src/provider.js";
import { RunningCall } from "../../src/store/running-call.js";

const timeout = new TimeoutError("Time is up.");

/** A call, and with what its caller was released. */
function running(): { readonly call: RunningCall; readonly released: unknown[] } {
  const released: unknown[] = [];
  return { call: new RunningCall((error) => released.push(error)), released };
}

describe("a call that is stopped", () => {
  it("releases its caller once, with the first reason", () => {
    const { call, released } = running();
    call.stop(timeout);
    call.stop(new TimeoutError("Time is up again."));
    expect([released, call.aborted, call.reason]).toEqual([[timeout], true, timeout]);
  });

  it("tells every listener that is still there, before and beside a real signal", () => {
    const { call } = running();
    const heard: string[] = [];
    const leaver = (): void => void heard.push("leaver");
    const cancellation = cancellationOf(call);
    cancellation.addEventListener("abort", () => heard.push("first"));
    cancellation.addEventListener("abort", leaver);
    cancellation.addEventListener("abort", () => heard.push("third"));
    call.signal.addEventListener("abort", () => heard.push("signal"));
    cancellation.removeEventListener("abort", leaver);
    call.stop(timeout);
    expect(heard.sort()).toEqual(["first", "signal", "third"]);
  });

  it("has a signal that is aborted for the same reason, whenever it is asked for", () => {
    const before = running().call;
    const early = before.signal;
    before.stop(timeout);
    const after = running().call;
    after.stop(timeout);
    expect([early.aborted, early.reason]).toEqual([true, timeout]);
    expect([after.signal.aborted, after.signal.reason]).toEqual([true, timeout]);
  });

  it("is its own cancellation, and a plain signal stands for itself", () => {
    const { call } = running();
    const { signal } = new AbortController();
    expect([cancellationOf(call), cancellationOf({ signal })]).toEqual([call, signal]);
  });

  it("forgets a listener that leaves, also the first one", () => {
    const { call } = running();
    const heard: string[] = [];
    const first = (): void => void heard.push("first");
    call.addEventListener("abort", first);
    call.removeEventListener("abort", first);
    call.stop(timeout);
    expect(heard).toEqual([]);
  });
});
