import { randomInt } from "node:crypto";

/** The seed of random tests, printed so that a failure can be repeated: `KINKO_SEED=… vitest …`. */
export function seedOf(name: string): number {
  const given = process.env["KINKO_SEED"];
  const seed = given === undefined ? randomInt(2 ** 31) : Number(given);
  if (!Number.isSafeInteger(seed)) throw new Error("KINKO_SEED is a whole number.");
  process.stdout.write(`${name}: KINKO_SEED=${seed}\n`);
  return seed;
}
