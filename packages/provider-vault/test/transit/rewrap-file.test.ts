import { readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { vaultError } from "../../src/errors/vault-error.js";
import { rewrapFile } from "../../src/transit/rewrap-file/rewrap-file.js";
import { fakeKey, lines, old, place, renewed, useRewrapFolder } from "./use-rewrap-folder.js";

const { at, folder, run } = useRewrapFolder();

describe("a file of ciphertexts", () => {
  test("is rewrapped line by line, in order, and nothing else stays behind", async () => {
    const text = lines(2_500, old);
    await writeFile(at("in"), text);
    const progress: number[] = [];
    const report = await run(fakeKey(), { onProgress: (now) => progress.push(now.lines) });
    expect(await readFile(at("out"), "utf8")).toBe(renewed(text));
    expect(report).toEqual({
      lines: 2_500,
      resumedLines: 0,
      versions: { "2": 2_500 },
      failures: [],
      failedLines: 0,
    });
    expect(progress).toEqual([1_000, 2_000, 2_500]);
    expect((await readdir(folder())).sort()).toEqual(["in", "out"]);
    expect((await stat(at("out"))).mode & 0o777).toBe(0o600);
  });

  test.each([
    ["empty", "", ""],
    ["without a line end at its end", `${old(1)}\n${old(2)}`, renewed(`${old(1)}\n${old(2)}`)],
    ["with empty lines", `\n${old(1)}\n\n`, renewed(`\n${old(1)}\n\n`)],
    ["with carriage returns", `${old(1)}\r\n${old(2)}\r\n`, renewed(`${old(1)}\n${old(2)}\n`)],
  ])("that is %s keeps its form", async (_title, text, expected) => {
    await writeFile(at("in"), text);
    await run(fakeKey());
    expect(await readFile(at("out"), "utf8")).toBe(expected);
  });

  test("may be its own output", async () => {
    await writeFile(at("in"), lines(30, old));
    await run(fakeKey(), { output: at("in"), batchLines: 7 });
    expect(await readFile(at("in"), "utf8")).toBe(renewed(lines(30, old)));
  });

  test("with a bad line delivers nothing, and the error names the line", async () => {
    await writeFile(at("in"), `${old(1)}\n${old(2)}\nbroken\n`);
    await expect(run(fakeKey())).rejects.toMatchObject({
      code: "InvalidValue",
      reason: "malformed-ciphertext",
      message: expect.stringContaining("Line 3") as unknown,
    });
    expect(await readdir(folder())).not.toContain("out");
  });

  test("keeps bad lines when that is asked for, and reports them", async () => {
    await writeFile(at("in"), `${old(1)}\nbroken\n${old(2)}\n`);
    const report = await run(fakeKey(), { onBadLine: "keep" });
    expect(report).toMatchObject({
      failedLines: 1,
      failures: [{ line: 2, reason: "malformed-ciphertext" }],
    });
    expect(await readFile(at("out"), "utf8")).toBe(
      `${renewed(old(1))}\nbroken\n${renewed(old(2))}\n`,
    );
  });

  test("of a key that is rotated meanwhile is done again, so that all are of the newest", async () => {
    await writeFile(at("in"), lines(50, old));
    let calls = 0;
    const key = fakeKey(
      () => (calls > 2 ? 3 : 2),
      () => void (calls += 1),
    );
    const report = await run(key, { batchLines: 10 });
    expect(report.versions).toEqual({ "3": 50 });
    expect(await readFile(at("out"), "utf8")).toBe(renewed(lines(50, old), 3));
  });
});

describe("an interrupted run", () => {
  test("goes on where it was, wherever that is, and ends with the same", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 30 }),
        async (failAt, batchLines) => {
          const text = lines(100, old);
          await writeFile(at("in"), text);
          await utimes(at("in"), 1, 1);
          await rm(at("out"), { force: true });
          let resumed = 0;
          for (const call of failAt) {
            const key = fakeKey(undefined, (now) => {
              if (now === call) throw vaultError("Unavailable", "Down.", {});
            });
            try {
              await run(key, { batchLines });
              break;
            } catch (error) {
              expect(error).toMatchObject({ code: "Unavailable" });
              expect(await readdir(folder())).not.toContain("out");
            }
          }
          const report = await run(fakeKey(), { batchLines });
          resumed = report.resumedLines;
          expect(report.lines).toBe(100);
          expect(resumed % batchLines === 0 || resumed === 100).toBe(true);
          expect(await readFile(at("out"), "utf8")).toBe(renewed(text));
          expect((await readdir(folder())).sort()).toEqual(["in", "out"]);
        },
      ),
      { numRuns: 40 },
    );
  });

  /** Interrupts a run after its first two batches. */
  async function interrupt(): Promise<void> {
    await writeFile(at("in"), lines(100, old));
    const key = fakeKey(undefined, (now) => {
      if (now === 5) throw vaultError("Unavailable", "Down.", {});
    });
    await expect(run(key, { batchLines: 10 })).rejects.toMatchObject({ code: "Unavailable" });
  }

  test("leaves a journal without values, readable by its owner only", async () => {
    await interrupt();
    const journal = await readFile(at(".out.rewrap-journal"), "utf8");
    expect(journal).toContain('"ref":"transit/app"');
    expect(journal).not.toContain("vault:v");
    for (const name of [".out.rewrap-journal", ".out.rewrap-part"]) {
      expect((await stat(at(name))).mode & 0o777).toBe(0o600);
    }
  });

  test("whose last record was cut by a crash goes on from the one before", async () => {
    await interrupt();
    const file = at(".out.rewrap-journal");
    const journal = await readFile(file, "utf8");
    await writeFile(file, journal.slice(0, -15));
    const report = await run(fakeKey(), { batchLines: 10 });
    expect(report.resumedLines).toBeGreaterThan(0);
    expect(await readFile(at("out"), "utf8")).toBe(renewed(lines(100, old)));
  });

  test("whose part has more than its journal forgets that more", async () => {
    await interrupt();
    await writeFile(at(".out.rewrap-part"), "half a li", { flag: "a" });
    await run(fakeKey(), { batchLines: 10 });
    expect(await readFile(at("out"), "utf8")).toBe(renewed(lines(100, old)));
  });

  test("is not gone on with for another input or key", async () => {
    await interrupt();
    const other = rewrapFile(
      fakeKey(),
      { ...place, ref: "transit/other" },
      { key: "other", input: at("in"), output: at("out") },
    );
    await expect(other).rejects.toMatchObject({ code: "Conflict", reason: "input-changed" });
    await writeFile(at("in"), lines(99, old));
    await expect(run(fakeKey())).rejects.toMatchObject({ code: "Conflict", field: "input" });
    expect(await readdir(folder())).not.toContain("out");
  });

  test("whose part is shorter than its journal says is refused", async () => {
    await interrupt();
    await writeFile(at(".out.rewrap-part"), "");
    await expect(run(fakeKey())).rejects.toMatchObject({
      code: "Corrupt",
      reason: "part-too-short",
    });
  });
});

test("an abort ends it, and it can be resumed", async () => {
  await writeFile(at("in"), lines(100, old));
  const controller = new AbortController();
  const work = run(fakeKey(), {
    batchLines: 10,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(work).rejects.toMatchObject({ code: "Aborted" });
  expect((await run(fakeKey())).resumedLines).toBeGreaterThan(0);
  expect(await readFile(at("out"), "utf8")).toBe(renewed(lines(100, old)));
});
