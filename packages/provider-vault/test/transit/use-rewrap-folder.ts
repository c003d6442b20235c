import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CryptoOutcome, DecryptItem } from "@kinko/core";
import { beforeEach, onTestFinished } from "vitest";
import { vaultError } from "../../src/errors/vault-error.js";
import { rewrapFile } from "../../src/transit/rewrap-file/rewrap-file.js";
import type { RewrapFileOptions, RewrapReport } from "../../src/transit/types.js";

export const place = { operation: "rewrapFile", ref: "transit/app" };
/** A ciphertext of version 1 of a number. */
export function old(index: number): string {
  return `vault:v1:${Buffer.from(`item ${index}`).toString("base64")}`;
}

/** A key whose newest version is `newest()`; `beforeCall` may fail a request. */
export function fakeKey(
  newest: () => number = () => 2,
  beforeCall: (call: number) => void = () => undefined,
) {
  let calls = 0;
  return {
    calls: () => calls,
    async rewrapMany(
      _key: string,
      items: readonly DecryptItem[],
    ): Promise<readonly CryptoOutcome<string>[]> {
      calls += 1;
      beforeCall(calls);
      const version = newest();
      return items.map(({ ciphertext }) =>
        ciphertext.startsWith("vault:v")
          ? { value: ciphertext.replace(/^vault:v\d+/u, `vault:v${version}`) }
          : { error: vaultError("InvalidValue", "Bad.", { reason: "malformed-ciphertext" }) },
      );
    },
  };
}

/** A folder for each test, and the call on its files `in` and `out`. */
export function useRewrapFolder() {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "kinko-rewrap-"));
    onTestFinished(() => rm(folder, { recursive: true }));
  });
  const at = (name: string): string => join(folder, name);
  return {
    folder: () => folder,
    at,
    run: (
      key: Pick<ReturnType<typeof fakeKey>, "rewrapMany">,
      options: Partial<RewrapFileOptions> = {},
    ): Promise<RewrapReport> =>
      rewrapFile(key, place, { key: "app", input: at("in"), output: at("out"), ...options }),
  };
}

export function lines(count: number, make: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${make(index)}\n`).join("");
}

export function renewed(text: string, version = 2): string {
  return text.replaceAll("vault:v1:", `vault:v${version}:`);
}
