import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSecretError, silentLogger, type SecretError } from "@kinko/core";
import { createCanary, expectClean, FakeClock } from "@kinko/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { givenToken } from "../../src/auth/given-token.js";
import type { AuthMethod } from "../../src/auth/auth-method.js";
import { tokenFile } from "../../src/auth/token-file.js";
import { fakeVault } from "./fake-vault.js";

const canary = createCanary();
const { signal } = new AbortController();

async function refusalOf(work: Promise<unknown>): Promise<SecretError> {
  const error: unknown = await work.catch((caught: unknown) => caught);
  if (!isSecretError(error, "Unauthenticated")) throw new Error("The token was not refused.");
  expectClean(error, canary);
  return error;
}

function given(token: string | undefined): AuthMethod {
  return givenToken(token, { dependencies: fakeVault().dependencies, renew: false });
}

async function temporaryFile(content?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kinko-token-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "token");
  if (content !== undefined) await writeFile(file, content, { mode: 0o600 });
  return file;
}

describe("a token in the config", () => {
  test("is used without the spaces around it", async () => {
    expect(await given(" hvs.abc\n").token(signal)).toBe("hvs.abc");
  });

  test.each([undefined, "", " \n"])("is missing when it is %j", async (token) => {
    expect((await refusalOf(given(token).token(signal))).reason).toBe("no-token");
  });

  test.each([
    `a\r\nX-Injected: ${canary.value}`,
    `a ${canary.value}`,
    `ü${canary.value}`,
    `${canary.value}\0`,
  ])("that would break a header is refused without being quoted (case %#)", async (token) => {
    expect((await refusalOf(given(token).token(signal))).reason).toBe("malformed-token");
  });

  test("has no replacement", async () => {
    expect(await given("t").replace("t", signal)).toBe(false);
  });
});

describe("a token file", () => {
  test("is read again once a second at most, and only when it changed", async () => {
    const file = await temporaryFile("first\n");
    const clock = new FakeClock();
    const auth = tokenFile(file, { clock, logger: silentLogger });
    expect(await auth.token(signal)).toBe("first");
    await writeFile(file, "second");
    await utimes(file, 1_000, 2_000);
    expect(await auth.token(signal)).toBe("first");
    await clock.advance(1_000);
    expect(await auth.token(signal)).toBe("second");
    await clock.advance(1_000);
    expect(await auth.token(signal)).toBe("second");
  });

  test("is forgotten by close", async () => {
    const file = await temporaryFile("first");
    const auth = tokenFile(file, { clock: new FakeClock(), logger: silentLogger });
    await auth.token(signal);
    await rm(file);
    await auth.close();
    expect((await refusalOf(auth.token(signal))).reason).toBe("no-token");
  });

  test("is read at once when Vault refuses the token", async () => {
    const file = await temporaryFile("first");
    const auth = tokenFile(file, { clock: new FakeClock(), logger: silentLogger });
    expect(await auth.token(signal)).toBe("first");
    expect(await auth.replace("first", signal)).toBe(false);
    await writeFile(file, "second");
    expect(await auth.replace("first", signal)).toBe(true);
    expect(await auth.token(signal)).toBe("second");
  });

  test("that is not there says how to get a token", async () => {
    const auth = tokenFile(await temporaryFile(), { clock: new FakeClock(), logger: silentLogger });
    const error = await refusalOf(auth.token(signal));
    expect(error.reason).toBe("no-token");
    expect(error.message).toContain("vault login");
  });

  test.each([
    ["", "no-token"],
    [`${canary.value} ${canary.value}`, "malformed-token"],
    [canary.value.repeat(2_000), "no-token"],
  ])("with something else in it is refused (case %#)", async (content, reason) => {
    const auth = tokenFile(await temporaryFile(content), {
      clock: new FakeClock(),
      logger: silentLogger,
    });
    expect((await refusalOf(auth.token(signal))).reason).toBe(reason);
  });

  test("that others may read is used with one warning", async () => {
    const file = await temporaryFile();
    await writeFile(file, "first", { mode: 0o644 });
    const warn = vi.fn();
    const clock = new FakeClock();
    const auth = tokenFile(file, { clock, logger: { ...silentLogger, warn } });
    await auth.token(signal);
    await clock.advance(1_000);
    await auth.replace("x", signal);
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
