import type { SigningCapability } from "@kinko/core";
import { expect } from "vitest";
import type { Contract, ContractContext } from "../contract-test.js";
import { keysOf } from "./encryption.js";

/** Signatures and MACs with keys of the backend. */
export function describeSigning(contract: Contract): void {
  if (contract.capabilities.extensions.signing === undefined) {
    contract.test("refuses signing as Unsupported", async ({ store, expectFailure }) => {
      const asked = Promise.resolve().then(() => store.as("signing"));
      expect((await expectFailure(asked, "Unsupported")).reason).toBe("no-signing");
    });
    return;
  }

  const test = (
    title: string,
    work: (signing: SigningCapability, key: string, context: ContractContext) => Promise<void>,
  ): void =>
    contract.test(title, async (context) => {
      const { signing } = await keysOf(context);
      if (signing === undefined) throw new Error("The harness has to make a key that signs.");
      await work(context.store.as("signing"), signing, context);
    });

  test("verifies its own signature, and none over another input", async (signing, key) => {
    const input = Buffer.from("order 1");
    const signature = await signing.sign(key, input);
    expect(await signing.verify(key, input, signature)).toBe(true);
    expect(await signing.verify(key, Buffer.from("order 2"), signature)).toBe(false);
  });

  test("verifies its own MAC, and none over another input", async (signing, key) => {
    const input = Buffer.from("order 1");
    const hmac = await signing.hmac(key, input);
    expect(await signing.verifyHmac(key, input, hmac)).toBe(true);
    expect(await signing.verifyHmac(key, Buffer.from("order 2"), hmac)).toBe(false);
    expect(await signing.hmac(key, input)).toBe(hmac);
  });

  test("gives each of many calls of one moment its own verdict", async (signing, key) => {
    const inputs = Array.from({ length: 40 }, (_, index) => Buffer.from(`order ${index}`));
    const signatures = await Promise.all(inputs.map((input) => signing.sign(key, input)));
    const shifted = [...signatures.slice(1), signatures[0] ?? ""];
    const verdicts = await Promise.all([
      ...inputs.map((input, index) => signing.verify(key, input, signatures[index] ?? "")),
      ...inputs.map((input, index) => signing.verify(key, input, shifted[index] ?? "")),
    ]);
    expect(verdicts).toEqual([...inputs.map(() => true), ...inputs.map(() => false)]);
  });

  test("does not take for a signature what is none", async (signing, key, context) => {
    const call = signing.verify(key, Buffer.from(context.canary.value), "no signature");
    expect((await context.expectFailure(call, "InvalidValue")).field).toBe("signature");
  });

  test("does not know a key that nobody made", async (signing, _key, context) => {
    const input = Buffer.from(context.canary.value);
    await context.expectFailure(signing.sign("contract-no-such-key", input), "NotFound");
    await context.expectFailure(signing.hmac("contract-no-such-key", input), "NotFound");
  });
}
