import { SECRET_STORE } from "@kinko/inversify";
import { kinkoTestModule } from "@kinko/inversify/testing";
import { expect, test } from "vitest";
import { createContainer } from "../src/container.js";
import { Mailer } from "../src/mailer.js";
import { OrderSigner } from "../src/order-signer.js";
import { settings } from "../src/settings.js";

const secrets = {
  "shop/database": { host: "db.example", user: "shop", password: "correct horse" },
  "shop/limits": { workers: 4 },
  "shop/signing-key": "a key for tests",
  "shop/mail-key": "first",
};

test("the shop signs orders and sends mail with what the store holds", async () => {
  const container = await createContainer(
    kinkoTestModule({ initial: secrets, manifests: [settings] }),
  );
  expect(container.get(settings.token).database.host).toBe("db.example");
  expect(container.get(OrderSigner).sign("order 1")).toMatch(/^[0-9a-f]{64}$/u);

  const mailer = container.get(Mailer);
  expect(await mailer.authorization()).toBe("Bearer first");
  await container.get(SECRET_STORE).put("shop/mail-key", "rotated");
  expect(await mailer.authorization()).toBe("Bearer rotated");
  await container.unbindAllAsync();
});

test("it does not start without what it needs, and says all of it", async () => {
  const starting = createContainer(
    kinkoTestModule({ initial: { "shop/limits": { workers: 0 } }, manifests: [settings] }),
  );
  await expect(starting).rejects.toThrow(
    "missing: database (shop/database: NotFound), signingKey (shop/signing-key: NotFound); " +
      "invalid: workers (shop/limits#workers: does not fit at its top level).",
  );
});
