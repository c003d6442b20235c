import { isSecretError, type SecretError } from "@kinko/core";
import { gcpError } from "./gcp-error.js";
import { networkMeaning, networkReasonOf } from "./network.js";

/** What a failure to get a token means. Errors of Google's auth library quote keys and answers. */
export function credentialError(error: unknown): SecretError {
  if (isSecretError(error)) return error;
  const { code, status, response, name, cause } = asRecord(error);
  const httpStatus = Number(status ?? asRecord(response)["status"] ?? code);
  if (httpStatus >= 500) {
    return gcpError("Unavailable", "Google's token service failed.", {
      reason: "token-service",
      advice: "Try again.",
    });
  }
  if (httpStatus === 429) {
    return gcpError("RateLimited", "Google's token service asks for fewer requests.", {
      reason: "token-service-throttled",
      advice: "Wait and try again.",
    });
  }
  if (httpStatus === 403) {
    return gcpError("Unauthenticated", "Google refuses to issue a token for this identity.", {
      reason: "token-refused",
      advice: "Check its roles; impersonation needs Service Account Token Creator.",
    });
  }
  if (httpStatus >= 400) {
    return gcpError("Unauthenticated", "Google did not accept the credential.", {
      reason: "credential-rejected",
      advice: "Log in again, or check that the key exists, is enabled and has not expired.",
    });
  }
  if (code === "ENOENT" || code === "EACCES" || code === "EISDIR") {
    return gcpError("Unauthenticated", "The file of the credential cannot be read.", {
      reason: "credential-file",
      advice: "Check its path and its permissions.",
    });
  }
  const network = networkReasonOf(code) ?? networkReasonOf(asRecord(cause)["code"]);
  if (network !== undefined) {
    return gcpError("Unavailable", "Google's token service cannot be reached.", {
      reason: `token-service-${network}`,
      advice: networkMeaning(network).advice ?? "Check the network.",
    });
  }
  if (name === "SyntaxError") {
    return gcpError("Unauthenticated", "The file of the credential is not the JSON it should be.", {
      reason: "credential-malformed",
      advice: "Download the key again, or run `gcloud auth application-default login`.",
    });
  }
  return gcpError("Unauthenticated", "No usable Google credential was found on this machine.", {
    reason: "no-credential",
    advice:
      "Run `gcloud auth application-default login`, set GOOGLE_APPLICATION_CREDENTIALS, give the machine an identity, or set the option credential.",
  });
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
