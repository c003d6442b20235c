import { FakeClock, flushMicrotasks } from "@kinko/testing";
import { expect, test } from "vitest";
import { IssueGates } from "../../src/leases/issue-gates.js";

const { signal } = new AbortController();

test("a gate is kept while somebody is at it, and forgotten when all is well", async () => {
  const gates = new IssueGates(new FakeClock(), () => 0);
  let answer: () => void = () => undefined;
  const first = gates
    .of("a")
    .pass(() => new Promise<void>((resolve) => (answer = resolve)), signal);
  const second = gates.of("a").pass(() => Promise.resolve(), signal);
  await second;
  expect(gates.size).toBe(1);
  answer();
  await first;
  expect(gates.size).toBe(0);
});

test("however many different things are asked for, none is left", async () => {
  const gates = new IssueGates(new FakeClock(), () => 0);
  const all = Array.from({ length: 1_000 }, (_, index) =>
    gates.of(`creds/${index}`).pass(() => Promise.resolve(index), signal),
  );
  expect(await Promise.all(all)).toHaveLength(1_000);
  expect(gates.size).toBe(0);
});

test("a failure is remembered until one has succeeded", async () => {
  const clock = new FakeClock();
  const gates = new IssueGates(clock, () => 0);
  const failing = gates.of("a").pass(() => Promise.reject(new Error("down")), signal);
  await expect(failing).rejects.toThrow("down");
  expect(gates.size).toBe(1);
  let issued = 0;
  const next = gates.of("a").pass(() => Promise.resolve((issued += 1)), signal);
  await flushMicrotasks();
  expect(issued).toBe(0);
  await clock.advance(1_000);
  expect(await next).toBe(1);
  expect(gates.size).toBe(0);
});
