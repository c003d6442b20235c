import { expect, test } from "vitest";
import { liveProject } from "./live-harness.js";

const GOOGLE_CLOUD_PROJECT = "test-project";

test("Google itself is tested against only when KINKO_LIVE names it", () => {
  expect(liveProject({ GOOGLE_CLOUD_PROJECT })).toBeUndefined();
  expect(liveProject({ GOOGLE_CLOUD_PROJECT, KINKO_LIVE: "aws,azure" })).toBeUndefined();
  expect(liveProject({ GOOGLE_CLOUD_PROJECT, KINKO_LIVE: "aws, gcp" })).toBe(GOOGLE_CLOUD_PROJECT);
});

test("asking for it without a project fails", () => {
  expect(() => liveProject({ KINKO_LIVE: "gcp" })).toThrow(/GOOGLE_CLOUD_PROJECT/u);
});
