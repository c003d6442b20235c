import { realMoto } from "@kinko/servers/vitest";
import { describeProviderContract } from "@kinko/testing/contract";
import { createLiveHarness, liveRegion } from "./live-harness.js";
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

const region = liveRegion();
if (region === undefined) {
  process.stderr.write(
    "aws: NOT tested against AWS itself. Set KINKO_LIVE=aws and AWS_REGION, with credentials of an account for tests.\n",
  );
} else {
  describeProviderContract({
    name: "aws-live",
    createHarness: createLiveHarness(region),
    limits: {
      pageCount: { value: 120, reason: "AWS charges for each secret and creates 50 a second" },
    },
    timeoutMs: 600_000,
  });
}
