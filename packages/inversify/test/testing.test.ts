import { Container } from "inversify";
import { expect, test } from "vitest";
import { z } from "zod";
import { defineManifest, SECRET_STORE, secretToken } from "../src/index.js";
import { kinkoTestModule } from "../src/testing/index.js";

const settings = defineManifest({
  password: { ref: "prod/app/db#password", schema: z.string().min(8) },
});

test("the test module has the given secrets, and checks manifests as the real one", async () => {
  const container = new Container();
  await container.loadAsync(
    kinkoTestModule({
      initial: { "prod/app/db": { password: "correct horse" }, "prod/key": "k" },
      manifests: [settings],
      secrets: ["prod/key"],
    }),
  );
  expect(container.get(settings.token).password).toBe("correct horse");
  expect((await container.getAsync(secretToken("prod/key"))).text()).toBe("k");
  await expect(
    new Container().loadAsync(kinkoTestModule({ manifests: [settings] })),
  ).rejects.toThrow("missing: password (prod/app/db#password: NotFound).");
});

test("its store is a real one, and each module has its own", async () => {
  const [first, second] = [new Container(), new Container()];
  for (const container of [first, second]) {
    await container.loadAsync(kinkoTestModule({ initial: { key: "1" } }));
  }
  const store = first.get(SECRET_STORE);
  const { version } = await store.put("key", "2");
  await expect(store.put("key", "3", { ifVersion: "1" })).rejects.toMatchObject({
    code: "Conflict",
  });
  expect(version).toBe("2");
  expect((await second.get(SECRET_STORE).get("key")).text()).toBe("1");
});
