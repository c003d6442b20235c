import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  isProviderFactory,
  silentLogger,
  systemClock,
  type ProviderCapabilities,
  type ProviderFactory,
} from "@kinko/core";
import { createMemoryProvider } from "@kinko/testing/memory";
import { expect, test } from "vitest";
import { capabilitiesPage, type DeclaredStore } from "./capabilities-page.js";
import { providerVariants, type ProviderVariant } from "./provider-variants.js";

const repository = join(import.meta.dirname, "../..");
const folders = readdirSync(join(repository, "packages")).filter((name) =>
  name.startsWith("provider-"),
);

test("every provider package has its column", () => {
  expect(new Set(providerVariants.map((variant) => variant.package))).toEqual(new Set(folders));
});

test("the page is what the providers declare (pnpm docs:capabilities makes it anew)", async () => {
  const stores: DeclaredStore[] = [];
  for (const variant of providerVariants) {
    stores.push({ title: variant.title, capabilities: await declaredBy(variant) });
  }
  const memory = createMemoryProvider();
  stores.push({ title: "Memory, for tests", capabilities: memory.capabilities });
  await expect(capabilitiesPage(stores)).toMatchFileSnapshot("../capabilities.md");
});

async function declaredBy(variant: ProviderVariant): Promise<ProviderCapabilities> {
  const file = join(repository, "packages", variant.package, "src/index.ts");
  const exported = (await import(file)) as Readonly<Record<string, unknown>>;
  const factory = Object.values(exported).find((value): value is ProviderFactory =>
    isProviderFactory(value),
  );
  if (factory === undefined) throw new Error(`${variant.package} exports no provider.`);
  const checked = await factory.options["~standard"].validate(variant.options);
  if (checked.issues !== undefined) throw new Error(`Options of ${variant.title} are not valid.`);
  const context = {
    clock: systemClock,
    logger: silentLogger,
    directory: repository,
    env: {},
    timeoutMs: 1_000,
  };
  const provider = await factory.create(checked.value, context);
  await provider.close();
  return provider.capabilities;
}
