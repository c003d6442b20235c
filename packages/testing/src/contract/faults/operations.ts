import { isSecretError, type SecretStore } from "@kinko/core";
import { expect } from "vitest";
import { collect, type ContractContext } from "../contract-test.js";

/** A call that is made while the network fails, and what may have become of it. */
export interface FaultOperation {
  readonly name: "get" | "put" | "delete" | "list";
  /** Makes the call. What it resolves to is complete, or the test fails. */
  run(context: ContractContext): Promise<void>;
  /** The same call on another secret, for measuring what it takes when nothing fails. */
  rehearse(context: ContractContext): Promise<void>;
  /** Asserts, once nothing fails any more, that it was done as a whole or not at all. */
  expectWhole(context: ContractContext, store: SecretStore, succeeded: boolean): Promise<void>;
}

/** The secret that calls are made on, and one for rehearsals with a name as long. */
const subject = "fault/subject";
const rehearsal = "fault/rehears";
/** Names beneath `fault`; none may be missing from a listing that ended without an error. */
const names = [subject, rehearsal, "fault/third"];

/** Writes what the operations work on. */
export async function prepare({ store, at, value }: ContractContext): Promise<void> {
  for (const name of names) await store.put({ path: at(name) }, value("old"));
}

/** The calls of a driver. */
export const faultOperations: readonly FaultOperation[] = [
  {
    name: "get",
    run: (context) => read(context, subject),
    rehearse: (context) => read(context, rehearsal),
    expectWhole: async (context, store) => {
      expect(await valueOf(context, store)).toBe(context.value("old"));
    },
  },
  {
    name: "put",
    async run({ store, at, value }) {
      await store.put({ path: at(subject) }, value("new"));
    },
    async rehearse({ store, at, value }) {
      await store.put({ path: at(rehearsal) }, value("new"));
    },
    async expectWhole(context, store, succeeded) {
      const whole = succeeded ? ["new"] : ["old", "new"];
      expect(whole.map(context.value)).toContain(await valueOf(context, store));
    },
  },
  {
    name: "delete",
    run: ({ store, at }) => remove(store, at(subject)),
    rehearse: ({ store, at }) => remove(store, at(rehearsal)),
    async expectWhole(context, store, succeeded) {
      const whole = succeeded ? [undefined] : [context.value("old"), undefined];
      expect(whole).toContain(await valueOf(context, store));
    },
  },
  {
    name: "list",
    run: listAll,
    rehearse: listAll,
    expectWhole: (context, store) => listAll({ ...context, store }),
  },
];

async function read({ store, at, value }: ContractContext, name: string): Promise<void> {
  const secret = await store.get({ path: at(name) });
  expect(secret.text()).toBe(value("old"));
}

async function listAll({ store, at }: ContractContext): Promise<void> {
  const found = await collect(store.list({ prefix: at("fault") }));
  expect(found.map(({ path }) => path.join("/")).sort()).toEqual(
    names.map((name) => at(name).join("/")).sort(),
  );
}

function remove(store: SecretStore, path: readonly string[]): Promise<void> {
  const soft = store.capabilities.features.softDelete.support !== "unsupported";
  return store.delete({ path }, { mode: soft ? "soft" : "purge" });
}

async function valueOf({ at }: ContractContext, store: SecretStore): Promise<string | undefined> {
  try {
    return (await store.get({ path: at(subject) })).text();
  } catch (error) {
    if (isSecretError(error, "NotFound") || isSecretError(error, "Deleted")) return undefined;
    throw error;
  }
}
