import { realMoto } from "@kinko/servers/vitest";
import { describeProviderContract } from "@kinko/testing/contract";
import { createAwsHarness } from "./moto-harness.js";

const { address: endpoint } = realMoto();

describeProviderContract({
  name: "aws",
  createHarness: createAwsHarness({ endpoint }),
  // moto answers one request at a time, each in 3 ms of CPU, and the first test writes 1,000 names.
  timeoutMs: 240_000,
});

describeProviderContract({
  name: "aws-raw-names",
  createHarness: createAwsHarness({ endpoint, naming: "raw" }),
  limits: {
    pageCount: { value: 250, reason: "paging does not depend on how names are made" },
  },
  timeoutMs: 240_000,
});
