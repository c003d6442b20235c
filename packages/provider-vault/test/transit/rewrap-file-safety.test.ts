import { appendFileSync, linkSync } from "node:fs";
import { appendFile, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { hasEnded, systemProcesses, type ProcessIdentity } from "@kinko/core/leases";
import { describe, expect, test } from "vitest";
import { vaultError } from "../../src/errors/vault-error.js";
import { fakeKey, lines, old, renewed, useRewrapFolder } from "./use-rewrap-folder.js";

const { at, folder, run } = useRewrapFolder();

/** The lock that a process of this identity would have laid down for `out`. */
function lockOf(owner: Partial<ProcessIdentity>): string {
  const { place, boot, pid, startedAt } = { ...systemProcesses().self, ...owner };
  return `.out.rewrap-lock-${place}.${boot}.${pid}-${startedAt}.0123abcd`;
}

describe("two runs for one output", () => {
  test("are not at the same time: the later is refused, and the earlier ends as if alone", async () => {
    const text = lines(100, old);
    await writeFile(at("in"), text);
    const key = fakeKey();
    const other = fakeKey();
    const refused: unknown[] = [];
    const held = {
      rewrapMany: async (...all: Parameters<typeof key.rewrapMany>) => {
        refused.push(await run(other, { batchLines: 10 }).catch((error: unknown) => error));
        return key.rewrapMany(...all);
      },
    };
    await run(held, { batchLines: 10 });
    expect(refused).toHaveLength(10);
    for (const refusal of refused) {
      expect(refusal).toMatchObject({
        code: "Conflict",
        reason: "rewrap-running",
        field: "output",
        message: expect.stringContaining(`Process ${process.pid} `) as unknown,
      });
    }
    expect(other.calls()).toBe(0);
    expect(await readFile(at("out"), "utf8")).toBe(renewed(text));
    expect((await readdir(folder())).sort()).toEqual(["in", "out"]);
  });

  test("that start in the same moment are one run at most, and the output is whole", async () => {
    const text = lines(100, old);
    await writeFile(at("in"), text);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => run(fakeKey(), { batchLines: 10 })),
    );
    for (const outcome of outcomes) {
      if (outcome.status === "fulfilled") continue;
      expect(outcome.reason).toMatchObject({ code: "Conflict", reason: "rewrap-running" });
    }
    await run(fakeKey(), { batchLines: 10 });
    expect(await readFile(at("out"), "utf8")).toBe(renewed(text));
    expect((await readdir(folder())).sort()).toEqual(["in", "out"]);
  });

  test("may follow each other when the first was killed", async () => {
    await writeFile(at("in"), lines(10, old));
    const killed = { startedAt: "1" };
    const { self } = systemProcesses();
    expect(hasEnded({ ...self, ...killed }, systemProcesses())).toBe(true);
    await writeFile(at(lockOf(killed)), "");
    expect(await run(fakeKey())).toMatchObject({ lines: 10 });
    expect((await readdir(folder())).sort()).toEqual(["in", "out"]);
  });

  test("are refused while a process of another machine may be one, and its lock stays", async () => {
    await writeFile(at("in"), lines(10, old));
    const lock = lockOf({ place: "0123456789ab", pid: 77 });
    await writeFile(at(lock), "");
    const key = fakeKey();
    await expect(run(key)).rejects.toMatchObject({
      code: "Conflict",
      reason: "rewrap-running",
      message: expect.stringContaining("77 of another machine") as unknown,
      advice: expect.stringContaining(at(lock)) as unknown,
    });
    expect(key.calls()).toBe(0);
    expect((await readdir(folder())).sort()).toEqual([lock, "in"].sort());
  });
});

test("a part that somebody else has written to is not delivered", async () => {
  await writeFile(at("in"), lines(20, old));
  const onProgress = (now: { readonly lines: number }): void => {
    if (now.lines === 20) appendFileSync(at(".out.rewrap-part"), "\0\0\0");
  };
  await expect(run(fakeKey(), { batchLines: 10, onProgress })).rejects.toMatchObject({
    code: "Corrupt",
    reason: "part-changed",
  });
  expect(await readdir(folder())).not.toContain("out");
});

test("an input that was replaced while it was read is not replaced in turn", async () => {
  await writeFile(at("in"), lines(20, old));
  const key = fakeKey();
  const replacing = {
    ...key,
    rewrapMany: async (...all: Parameters<typeof key.rewrapMany>) => {
      await writeFile(at("new"), lines(25, old));
      await rename(at("new"), at("in"));
      return key.rewrapMany(...all);
    },
  };
  await expect(run(replacing, { output: at("in") })).rejects.toMatchObject({
    code: "Conflict",
    reason: "input-changed",
  });
  expect(await readFile(at("in"), "utf8")).toBe(lines(25, old));
});

describe("a run that was killed when all was done", () => {
  /** Leaves what a crash leaves: just before the last rename, or just after it. */
  async function killed(output: "in" | "out", moment: "before" | "after"): Promise<void> {
    await writeFile(at("in"), lines(10, old));
    await utimes(at("in"), 1, 1);
    const [journal, part] = ["journal", "part"].map((each) => at(`.${output}.rewrap-${each}`));
    // Second names of the files, which keep them as they were.
    const onProgress = (): void => {
      linkSync(journal as string, at("journal"));
      if (moment === "before") linkSync(part as string, at("part"));
    };
    await run(fakeKey(), { output: at(output), onProgress });
    await rename(at("journal"), journal as string);
    expect(await readFile(journal as string, "utf8")).toContain('"done":true');
    if (moment === "after") return;
    await rename(at("part"), part as string);
    // The delivered one is another name of the same file.
    await rm(at(output));
    await writeFile(at("in"), lines(10, old));
    await utimes(at("in"), 1, 1);
    if (output === "out") await writeFile(at("out"), "what was there before");
  }

  const all = (["in", "out"] as const).flatMap((output) =>
    (["before", "after"] as const).map((moment) => ({ output, moment })),
  );

  test.each(all)(
    "just $moment the rename is finished: output $output",
    async ({ output, moment }) => {
      await killed(output, moment);
      const key = fakeKey();
      const report = await run(key, { output: at(output) });
      expect(report).toMatchObject({ lines: 10, resumedLines: 10, versions: { "2": 10 } });
      // It asks with one batch whether the key was rotated since.
      expect(key.calls()).toBe(1);
      expect(await readFile(at(output), "utf8")).toBe(renewed(lines(10, old)));
      expect((await readdir(folder())).sort()).toEqual(
        ["in", "out"].slice(0, output === "in" ? 1 : 2),
      );
    },
  );

  test.each(all)(
    "just $moment the rename is done anew after a rotation: output $output",
    async ({ output, moment }) => {
      await killed(output, moment);
      const report = await run(
        fakeKey(() => 3),
        { output: at(output) },
      );
      expect(report).toMatchObject({ lines: 10, versions: { "3": 10 } });
      expect(await readFile(at(output), "utf8")).toBe(renewed(lines(10, old), 3));
    },
  );

  test.each(all)(
    "just $moment the rename does not take away lines that came later: output $output",
    async ({ output, moment }) => {
      await killed(output, moment);
      await appendFile(at("in"), `${old(10)}\n${old(11)}\n`);
      const report = await run(fakeKey(), { output: at(output) });
      expect(report).toMatchObject({ lines: 12, resumedLines: 0 });
      expect(await readFile(at(output), "utf8")).toBe(renewed(lines(12, old)));
    },
  );

  test("and whose part was changed since is done anew", async () => {
    await killed("out", "before");
    await appendFile(at(".out.rewrap-part"), "\0");
    expect(await run(fakeKey())).toMatchObject({ lines: 10, resumedLines: 0 });
    expect(await readFile(at("out"), "utf8")).toBe(renewed(lines(10, old)));
  });

  test("stays to be finished while Vault cannot be asked", async () => {
    await killed("in", "before");
    const down = fakeKey(undefined, () => {
      throw vaultError("Unavailable", "Down.", {});
    });
    await expect(run(down, { output: at("in") })).rejects.toMatchObject({ code: "Unavailable" });
    expect(await readFile(at("in"), "utf8")).toBe(lines(10, old));
    expect(await run(fakeKey(), { output: at("in") })).toMatchObject({ resumedLines: 10 });
  });
});

test("a run that had all lines, and was cut before it said so, sees a rotation as well", async () => {
  await writeFile(at("in"), lines(20, old));
  const cut = run(fakeKey(), {
    batchLines: 10,
    onProgress: (now) => {
      if (now.lines === 20) throw vaultError("Unavailable", "Cut.", {});
    },
  });
  await expect(cut).rejects.toMatchObject({ code: "Unavailable" });
  expect(await run(fakeKey(() => 3))).toMatchObject({ lines: 20, versions: { "3": 20 } });
  expect(await readFile(at("out"), "utf8")).toBe(renewed(lines(20, old), 3));
});
