import { realPostgres, realVault } from "@kinko/servers/vitest";
import { describeProviderContract } from "@kinko/testing/contract";
import { kvHarness } from "./kv-harness.js";

const vault = realVault();
const postgres = realPostgres();

describeProviderContract({ name: "vault-kv2", createHarness: () => kvHarness(vault, 2, postgres) });
describeProviderContract({ name: "vault-kv1", createHarness: () => kvHarness(vault, 1, postgres) });
