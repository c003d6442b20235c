import { expect, test } from "vitest";
import { loadTelemetryApi } from "../../src/telemetry/load-api.js";

test("telemetry without OpenTelemetry's API is a Config error that says what to install", async () => {
  const missing = (): Promise<never> => Promise.reject(new Error("Cannot find package"));
  await expect(loadTelemetryApi(missing)).rejects.toMatchObject({
    code: "Config",
    reason: "telemetry-api-missing",
    advice: "Install @opentelemetry/api beside the SDK that exports, or leave telemetry off.",
  });
});
