import { ConfigError } from "../errors/classes.js";

/** The part of `@opentelemetry/api` that is used. */
export type TelemetryApi = typeof import("@opentelemetry/api");

/**
 * Loads OpenTelemetry's API, which the application brings.
 * @throws ConfigError when it is not installed
 */
export async function loadTelemetryApi(
  importApi = (): Promise<TelemetryApi> => import("@opentelemetry/api"),
): Promise<TelemetryApi> {
  try {
    return await importApi();
  } catch {
    throw new ConfigError("Telemetry is on, and @opentelemetry/api is not installed.", {
      operation: "open",
      reason: "telemetry-api-missing",
      advice: "Install @opentelemetry/api beside the SDK that exports, or leave telemetry off.",
    });
  }
}
