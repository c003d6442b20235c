import { expect, it } from "vitest";
import { liveVaultUrl } from "./live-harness.js";

const AZURE_KEYVAULT_URL = "https://test.vault.azure.net";

it("tests against Azure itself only when KINKO_LIVE names it", () => {
  expect(liveVaultUrl({ AZURE_KEYVAULT_URL })).toBeUndefined();
  expect(liveVaultUrl({ AZURE_KEYVAULT_URL, KINKO_LIVE: "aws,gcp" })).toBeUndefined();
  expect(liveVaultUrl({ AZURE_KEYVAULT_URL, KINKO_LIVE: "aws, azure" })).toBe(AZURE_KEYVAULT_URL);
});

it("fails when it is asked for without a vault", () => {
  expect(() => liveVaultUrl({ KINKO_LIVE: "azure" })).toThrow(/AZURE_KEYVAULT_URL/u);
});
