import { SecretClient } from "@azure/keyvault-secrets";
import { expect, it } from "vitest";
import { removeIdlePolicies } from "../src/client/idle-policies.js";

interface Inside {
  readonly client: { readonly pipeline: { getOrderedPolicies(): { readonly name: string }[] } };
}

it("leaves the steps of the SDK that do something, in their order", () => {
  const credential = { getToken: () => Promise.resolve(null) };
  const client = new SecretClient("https://example.vault.azure.net", credential);
  removeIdlePolicies(client);
  const { pipeline } = (client as unknown as Inside).client;
  expect(pipeline.getOrderedPolicies().map(({ name }) => name)).toEqual([
    "proxyPolicy",
    "userAgentPolicy",
    "setClientRequestIdPolicy",
    "ClientApiVersionPolicy",
    "keyVaultAuthenticationPolicy",
    "ContentTypePolicy",
    "tracingPolicy",
    "logPolicy",
  ]);
});

it("leaves a client alone whose steps are elsewhere", () => {
  const client = {} as SecretClient;
  removeIdlePolicies(client);
  expect(client).toEqual({});
});
