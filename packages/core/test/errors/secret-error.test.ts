import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createCanary, expectClean } from "@kinko/testing";
import * as core from "../../src/index.js";
import {
  createSecretError,
  defaultMessages,
  errorCodes,
  isAbsence,
  isRetryableCode,
  isSecretError,
  NotFoundError,
  SecretError,
} from "../../src/index.js";
import { wrapError } from "../../src/errors/wrap.js";

const context = { provider: "memory", operation: "get", ref: "a/b" };

describe("SecretError", () => {
  test.each(errorCodes)("has a class of its own for %s", (code) => {
    const error = createSecretError(code, "It failed.");
    expect(error).toBeInstanceOf(
      (core as unknown as Record<string, new () => Error>)[`${code}Error`],
    );
    expect(error).toBeInstanceOf(SecretError);
    expect(error.name).toBe(`${code}Error`);
    expect(error.code).toBe(code);
    expect(error.retryable).toBe(isRetryableCode(code));
  });

  test.each(errorCodes)("says what happened and what to do for %s", (code) => {
    expect(defaultMessages[code].what).toMatch(/^[A-Z].*\.$/u);
    expect(defaultMessages[code].advice).toMatch(/^[A-Z].*\.$/u);
  });

  test("ends its message with the advice", () => {
    const error = new NotFoundError("There is nothing.", { advice: "Look elsewhere." });
    expect(error.message).toBe("There is nothing. Look elsewhere.");
  });

  test("is plain data in JSON, without stack or what is not set", () => {
    const error = new NotFoundError("There is nothing.", { ...context, retryAfterMs: 5 });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: "NotFoundError",
      code: "NotFound",
      message: "There is nothing.",
      retryable: false,
      provider: "memory",
      operation: "get",
      ref: "a/b",
      retryAfterMs: 5,
    });
  });

  test("never has a cause", () => {
    const options = { cause: new Error("inner") } as core.SecretErrorDetails;
    expect("cause" in new NotFoundError("There is nothing.", options)).toBe(false);
  });

  test("is known across copies of the package by its brand, with or without a code", () => {
    const foreign = Object.assign(new Error("from another copy"), { code: "NotFound" });
    Object.defineProperty(foreign, Symbol.for("kinko.SecretError"), { value: true });
    expect(isSecretError(foreign)).toBe(true);
    expect(isSecretError(foreign, "NotFound")).toBe(true);
    expect(isSecretError(foreign, "Conflict")).toBe(false);
    for (const other of [undefined, null, "NotFound", new Error("x"), { code: "NotFound" }]) {
      expect(isSecretError(other)).toBe(false);
    }
  });
});

describe("wrapping", () => {
  const canary = createCanary();
  const sdkError = Object.assign(new Error(`request failed: ${canary.value}`), {
    config: { headers: { "X-Vault-Token": canary.value } },
    response: { body: Buffer.from(canary.value) },
    cause: new Error(canary.value),
  });

  test("keeps only what the classification says", () => {
    const error = wrapError(
      sdkError,
      () => ({ code: "Unavailable", reason: "no-route", retryAfterMs: 5 }),
      context,
    );
    expectClean(error, canary);
    expect(error).toMatchObject({
      ...context,
      code: "Unavailable",
      reason: "no-route",
      retryAfterMs: 5,
    });
    expect(error.retryable).toBe(true);
    expect(error.message).toBe(
      `${defaultMessages.Unavailable.what} ${defaultMessages.Unavailable.advice}`,
    );
    expect(inspect(error, { showHidden: true })).not.toContain("cause");
  });

  test("prefers the words of the driver to its own", () => {
    const classify = (): core.ErrorClassification => ({
      code: "PermissionDenied",
      what: "The policy says no.",
      advice: "Ask the owner.",
      provider: "vault",
      operation: "login",
      ref: "auth",
      retryable: true,
    });
    expect(wrapError(sdkError, classify, context)).toMatchObject({
      message: "The policy says no. Ask the owner.",
      provider: "vault",
      operation: "login",
      ref: "auth",
      retryable: true,
    });
  });

  test("happens once: a SecretError keeps its words and learns where it arose", () => {
    const original = new NotFoundError("There is nothing.", {
      advice: "Look elsewhere.",
      reason: "gone",
    });
    const wrapped = wrapError(original, () => ({ code: "Internal" }), context);
    expect(wrapped).toBeInstanceOf(NotFoundError);
    expect(wrapped.message).toBe("There is nothing. Look elsewhere.");
    expect(wrapped).toMatchObject({ ...context, reason: "gone", advice: "Look elsewhere." });
    expect(wrapped.stack).toBe(original.stack);
    expect(
      wrapError(wrapped, () => ({ code: "Internal" }), { ...context, provider: "other" }),
    ).toBe(wrapped);
  });

  test("keeps a message that has no advice", () => {
    const wrapped = wrapError(
      new NotFoundError("There is nothing."),
      () => ({ code: "Internal" }),
      context,
    );
    expect(wrapped.message).toBe("There is nothing.");
  });

  test("survives a classifier that throws, and quotes neither error", () => {
    const classify = (): never => {
      throw new Error(canary.value);
    };
    const error = wrapError(sdkError, classify, context);
    expect(error).toMatchObject({ ...context, code: "Internal", reason: "unclassified" });
    expectClean(error, canary);
  });

  test("survives a classifier that knows a code of its own", () => {
    const classify = (): core.ErrorClassification =>
      ({ code: canary.value }) as unknown as core.ErrorClassification;
    const error = wrapError(sdkError, classify, context);
    expect(error).toMatchObject({ code: "Internal", reason: "unclassified" });
    expectClean(error, canary);
  });

  test("leaves an error whose code only a newer copy knows as it is", () => {
    const newer = Object.assign(new Error("new"), { code: "Quantum" });
    Object.defineProperty(newer, Symbol.for("kinko.SecretError"), { value: true });
    expect(wrapError(newer, () => ({ code: "Internal" }), context)).toBe(newer);
  });

  test.each([undefined, null, "text", 5, Symbol("a"), Object.create(null)])(
    "wraps also what is no error: %s",
    (thrown) => {
      expect(wrapError(thrown, () => ({ code: "Internal" }), context).code).toBe("Internal");
    },
  );
});

describe("isAbsence", () => {
  test.each(errorCodes)("%s", (code) => {
    const absent = ["NotFound", "VersionNotFound", "Deleted", "Destroyed", "Disabled"];
    expect(isAbsence(createSecretError(code, "x"))).toBe(absent.includes(code));
    expect(isAbsence(new Error("NotFound"))).toBe(false);
  });
});
