import { expect, test } from "vitest";
import { createCanary, expectClean, FakeClock } from "@kinko/testing";
import {
  ConfigError,
  NotFoundError,
  PermissionDeniedError,
  silentLogger,
  UnauthenticatedError,
  UnavailableError,
  type ErrorClassification,
} from "../../src/index.js";
import { probeAccess, type AccessProbe } from "../../src/diagnose/index.js";

const canary = createCanary();
const clock = new FakeClock();
const context = { clock, logger: silentLogger, directory: ".", env: {}, timeoutMs: 1_000 };
const classifyError = (): ErrorClassification => ({ code: "Internal" });

function probe(verb: string, attempt: AccessProbe["try"]): AccessProbe {
  return { verb, needs: `the right to ${verb}`, try: attempt };
}

const fails = (error: Error) => (): Promise<never> => Promise.reject(error);

test("what is answered or not found is allowed, what is refused is a warning with its right", async () => {
  const findings = await probeAccess(
    [
      probe("list", () => Promise.resolve([])),
      probe("read", fails(new NotFoundError("Nothing."))),
      probe("write", fails(new PermissionDeniedError("No."))),
      probe("delete", fails(new NotFoundError("Nothing."))),
    ],
    { context, classifyError },
  );
  expect(findings.map(({ subject, ok, warning }) => [subject, ok, warning])).toEqual([
    ["permission to list", true, undefined],
    ["permission to read", true, undefined],
    ["permission to write", false, true],
    ["permission to delete", true, undefined],
  ]);
  expect(findings[2]).toMatchObject({
    reason: "may-not-write",
    advice: expect.stringContaining("the right to write") as string,
  });
});

test.each([
  [new UnauthenticatedError("No.", { reason: "clock-skew" }), "clock"],
  [new UnauthenticatedError("No.", { reason: "wrong-region" }), "region"],
  [new ConfigError("No.", { reason: "project-not-usable" }), "project"],
  [new UnauthenticatedError("No."), "credentials"],
  [new ConfigError("No."), "endpoint"],
  [new UnavailableError("No."), "endpoint"],
  [new Error(canary.value), "access"],
])("any other failure ends the probing and says what it is about: %#", async (error, subject) => {
  let tried = 0;
  const attempt = (): Promise<never> => {
    tried += 1;
    return Promise.reject(error);
  };
  const findings = await probeAccess([probe("read", attempt), probe("list", attempt)], {
    context,
    classifyError,
  });
  expect(findings).toMatchObject([{ subject, ok: false }]);
  expect(findings[0]?.warning).toBeUndefined();
  expect(tried).toBe(1);
  expectClean(findings, canary);
});

test("a service that does not answer is told after the time of a call", async () => {
  const findings = probeAccess([probe("read", () => new Promise(() => undefined))], {
    context,
    classifyError,
  });
  await clock.advance(1_000);
  expect(await findings).toMatchObject([{ subject: "endpoint", ok: false, reason: "Timeout" }]);
  expect(clock.pendingTimers).toBe(0);
});
