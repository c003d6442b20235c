import { expect, test } from "vitest";
import { liveRegion } from "./live-harness.js";

test("AWS itself is used only when it is named, and then needs a region", () => {
  expect(liveRegion({})).toBeUndefined();
  expect(liveRegion({ AWS_REGION: "eu-central-1" })).toBeUndefined();
  expect(liveRegion({ KINKO_LIVE: "azure,gcp", AWS_REGION: "eu-central-1" })).toBeUndefined();
  expect(liveRegion({ KINKO_LIVE: "azure, aws", AWS_REGION: "eu-central-1" })).toBe("eu-central-1");
  expect(() => liveRegion({ KINKO_LIVE: "aws" })).toThrow(/AWS_REGION/u);
});
