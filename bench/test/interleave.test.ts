import { describe, expect, it } from "vitest";
import { interleave } from "../lib/interleave.mjs";

describe("interleave", () => {
  it("takes one sample of every case per round and starts each round with the next case", async () => {
    const order: string[] = [];
    const record = (name: string) => async () => order.push(name);
    await interleave({ a: record("a"), b: record("b"), c: record("c") }, { rounds: 3, warmups: 0 });
    expect(order.join("")).toBe("abcbcacab");
  });

  it("counts no sample of a warm-up round", async () => {
    let runs = 0;
    const samples = await interleave({ only: async () => (runs += 1) }, { rounds: 2, warmups: 3 });
    expect(samples).toEqual({ only: [4, 5] });
  });

  it("never runs two cases at the same time", async () => {
    let running = 0;
    const exclusive = async () => {
      running += 1;
      await Promise.resolve();
      const seen = running;
      running -= 1;
      return seen;
    };
    const samples = await interleave({ a: exclusive, b: exclusive }, { rounds: 4 });
    expect([...samples.a, ...samples.b]).toEqual(Array.from({ length: 8 }, () => 1));
  });

  it("fails as soon as a case fails", async () => {
    const failing = () => Promise.reject(new Error("no time for a failure"));
    await expect(interleave({ failing }, { rounds: 5 })).rejects.toThrow("no time for a failure");
  });
});
