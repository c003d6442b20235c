import { Secret } from "@kinko/core";
import { expect } from "vitest";
import { eachOf, type Contract, type ContractContext } from "../contract-test.js";
import { binaryValues, jsonValues, textValues } from "../values.js";

/** Text, JSON and binary come back as what they were, byte for byte. */
export function describeKinds(contract: Contract): void {
  contract.test("keeps text byte for byte, whatever it looks like", (context) =>
    expectRoundTrip(
      context,
      textValues.map((value) => Secret.text(value)),
    ),
  );

  contract.test("keeps binary byte for byte, and as binary", (context) =>
    expectRoundTrip(
      context,
      binaryValues.map((value) => Secret.binary(value)),
    ),
  );

  contract.test("keeps JSON byte for byte, whatever its keys are called", async (context) => {
    await expectRoundTrip(
      context,
      jsonValues.map((value) => Secret.json(value)),
    );
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  contract.test("takes the kind of the newest value when it changes", async ({ store, at }) => {
    const ref = { path: at("changing") };
    const values = [
      Secret.text("{}"),
      Secret.json({}),
      Secret.binary(Buffer.from("{}")),
      Secret.text(""),
    ];
    for (const value of values) {
      await store.put(ref, value);
      expectSame(await store.get(ref), value, value.kind);
    }
  });

  if (!contract.supports("versions")) return;
  contract.test("keeps the kind of each version", async ({ store, at }) => {
    const ref = { path: at("changing") };
    const values = [
      Secret.text("plain"),
      Secret.json({ value: "plain" }),
      Secret.binary(Buffer.from("plain")),
      Secret.json("plain"),
      Secret.text('"plain"'),
    ];
    const written: { readonly id: string | undefined; readonly value: Secret }[] = [];
    for (const value of values) written.push({ id: (await store.put(ref, value)).version, value });
    for (const { id, value } of written) {
      expectSame(await store.get({ ...ref, version: id }), value, `version ${id}`);
    }
  });
}

async function expectRoundTrip(
  { store, at }: ContractContext,
  values: readonly Secret[],
): Promise<void> {
  await eachOf(values.entries(), async ([index, value]) => {
    const ref = { path: at(`kinds/${index}`) };
    await store.put(ref, value);
    expectSame(await store.get(ref), value, `value ${index}`);
  });
  // Once more when all are written, in case one has changed another.
  await eachOf(values.entries(), async ([index, value]) => {
    expectSame(await store.get({ path: at(`kinds/${index}`) }), value, `value ${index}`);
  });
}

function expectSame(actual: Secret, expected: Secret, label: string): void {
  expect(actual.kind, label).toBe(expected.kind);
  expect(actual.bytes().toString("hex"), label).toBe(expected.bytes().toString("hex"));
}
