import { expect, test } from "vitest";
import { ConflictError } from "@kinko/core";
import { CommitQueue } from "../src/store/commit-queue.js";
import { failureOf } from "./failure.js";

const never = new AbortController().signal;

/** A commit that the test lets through. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

test("changes that come during a commit share the next one, in their order", async () => {
  const commits: string[][] = [];
  const first = gate();
  const queue = new CommitQueue<string[]>(async (jobs) => {
    const draft: string[] = [];
    for (const job of jobs()) job.apply(draft);
    if (commits.push(draft) === 1) await first.opened;
  });
  const add = (name: string): Promise<number> => queue.add(never, (draft) => draft.push(name));
  const early = add("a");
  await Promise.resolve();
  await Promise.resolve();
  const late = [add("b"), add("c"), add("d")];
  first.open();
  await Promise.all([early, ...late]);
  expect(commits).toEqual([["a"], ["b", "c", "d"]]);
});

test("a commit that fails, fails everything in it, and the next one works", async () => {
  let failures = 1;
  const queue = new CommitQueue<null>(async (jobs) => {
    for (const job of jobs()) job.apply(null);
    if (failures > 0) {
      failures -= 1;
      throw new ConflictError("disk");
    }
  });
  const outcomes = await Promise.allSettled([queue.add(never, () => 1), queue.add(never, () => 2)]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await queue.add(never, () => 3)).toBe(3);
});

test("a change whose call was cancelled before its commit is not made", async () => {
  const ready = gate();
  const applied: string[] = [];
  const queue = new CommitQueue<null>(async (jobs) => {
    await ready.opened;
    for (const job of jobs()) job.apply(null);
  });
  const controller = new AbortController();
  const cancelled = failureOf(queue.add(controller.signal, () => applied.push("cancelled")));
  const kept = queue.add(never, () => applied.push("kept"));
  controller.abort();
  expect((await cancelled).code).toBe("Aborted");
  ready.open();
  await kept;
  expect(applied).toEqual(["kept"]);
  expect((await failureOf(queue.add(controller.signal, () => 1))).code).toBe("Aborted");
});

test("the wait for the lock ends when nobody waits any more", async () => {
  const queue = new CommitQueue<null>(
    (_jobs, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true });
      }),
  );
  const controller = new AbortController();
  const waiting = failureOf(queue.add(controller.signal, () => 1));
  await Promise.resolve();
  await Promise.resolve();
  controller.abort();
  expect((await waiting).code).toBe("Aborted");
  await queue.close();
});

test("close waits for the commit under way and refuses the rest", async () => {
  const begun = gate();
  const finish = gate();
  const queue = new CommitQueue<null>(async (jobs) => {
    for (const job of jobs()) job.apply(null);
    begun.open();
    await finish.opened;
  });
  const under = queue.add(never, () => "written");
  await begun.opened;
  const refused = failureOf(queue.add(never, () => "late"));
  const closing = queue.close();
  finish.open();
  await closing;
  expect(await under).toBe("written");
  expect((await refused).code).toBe("Closed");
});

test("only changes that were there before the look are judged by it", async () => {
  const look = gate();
  const judged: string[] = [];
  const queue = new CommitQueue<null>(async (jobs, _signal, refuseLost) => {
    await refuseLost(async () => {
      await look.opened;
      return () => null;
    });
    for (const job of jobs()) job.apply(null);
  });
  const lose = (name: string) => (): never => {
    judged.push(name);
    throw new ConflictError("lost");
  };
  const early = failureOf(queue.add(never, lose("early"), { conditional: true }));
  await Promise.resolve();
  await Promise.resolve();
  const late = failureOf(queue.add(never, lose("late"), { conditional: true }));
  look.open();
  expect((await early).code).toBe("Conflict");
  expect((await late).code).toBe("Conflict");
  // Early is judged by the look, late only by its commit.
  expect(judged).toEqual(["early", "late"]);
});
