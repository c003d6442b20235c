import type { Secret } from "@kinko/core";
import { MemoryFault } from "@kinko/testing/memory";
import { Container, ContainerModule } from "inversify";
import { expect, expectTypeOf, test } from "vitest";
import { bindSecret, SECRET_STORE, secretToken } from "../src/index.js";
import { containerWith, memory } from "./support.js";

test("a secret is read when it is first resolved, once, also by concurrent resolutions", async () => {
  let reads = 0;
  const { open } = memory({ db: { password: "p" } }, { beforeCall: () => void (reads += 1) });
  const container = await containerWith({ open, secrets: ["db#password"] });
  expect(reads).toBe(0);
  const token = secretToken("db#password");
  const [first, second] = await Promise.all([container.getAsync(token), container.getAsync(token)]);
  expectTypeOf(first).toEqualTypeOf<Secret>();
  expect(first.text()).toBe("p");
  expect(second).toBe(first);
  expect(await container.getAsync(token)).toBe(first);
  expect(reads).toBe(1);
});

test("a service gets its secret by injection, without any decorator", async () => {
  class Mailer {
    readonly key: string;
    constructor(key: Secret) {
      this.key = key.text();
    }
  }
  const { open } = memory({ "prod/mail-key": "m" });
  const container = await containerWith({ open, secrets: ["prod/mail-key"] });
  container
    .bind(Mailer)
    .toResolvedValue((key: Secret) => new Mailer(key), [secretToken("prod/mail-key")])
    .inSingletonScope();
  expect((await container.getAsync(Mailer)).key).toBe("m");
});

test("a failed read is tried again by the next resolution, and does not spoil the shutdown", async () => {
  let isDown = true;
  const { open } = memory(
    { key: "k" },
    {
      beforeCall: () => {
        if (isDown) throw new MemoryFault("Unavailable");
      },
    },
  );
  const container = await containerWith({ open, secrets: ["key"] });
  await expect(container.getAsync(secretToken("key"))).rejects.toMatchObject({
    code: "Unavailable",
    ref: "key",
  });
  isDown = false;
  expect((await container.getAsync(secretToken("key"))).text()).toBe("k");
  isDown = true;
  await container.unbindAllAsync();
});

test("unbinding zeroes the secret", async () => {
  const { open } = memory({ key: "k" });
  const container = await containerWith({ open, secrets: ["key"] });
  const secret = await container.getAsync(secretToken("key"));
  await container.unbindAllAsync();
  expect(() => secret.text()).toThrow(expect.objectContaining({ code: "Closed" }));
});

test("a secret that arrives after the shutdown is not handed out", async () => {
  let arrive: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const { open } = memory({ key: "k" }, { beforeCall: () => arrived });
  const container = await containerWith({ open, secrets: ["key"] });
  const reading = expect(container.getAsync(secretToken("key"))).rejects.toMatchObject({
    code: "Closed",
  });
  await container.unbindAllAsync();
  arrive();
  await reading;
});

test("a module of the application binds further secrets, under a token of its own if it likes", async () => {
  const { open } = memory({ key: "k", other: "o" });
  const container = await containerWith({ open });
  const OTHER = Symbol("other");
  await container.loadAsync(
    new ContainerModule((binder) => {
      bindSecret(binder, "key");
      bindSecret(binder, { path: ["other"] }, OTHER);
    }),
  );
  expect((await container.getAsync(secretToken("key"))).text()).toBe("k");
  expect((await container.getAsync<Secret>(OTHER)).text()).toBe("o");
});

test("the same reference has the same token, however it is written", () => {
  expect(secretToken({ path: ["a", "b"], field: "c", version: "3" })).toBe(secretToken("a/b#c@3"));
  expect(secretToken("a/b")).not.toBe(secretToken("a/b#c"));
});

test("a wrong reference fails where it is written", async () => {
  expect(() => bindSecret(new Container(), "a/../b")).toThrow(
    expect.objectContaining({ code: "InvalidRef" }),
  );
  const { open } = memory({});
  await expect(containerWith({ open, secrets: ["a//b"] })).rejects.toMatchObject({
    code: "InvalidRef",
  });
});

test("without a store there is nothing to resolve", async () => {
  const container = new Container();
  bindSecret(container, "key");
  await expect(container.getAsync(secretToken("key"))).rejects.toThrow(/kinko\.SecretStore/u);
  expect(container.isBound(SECRET_STORE)).toBe(false);
});
