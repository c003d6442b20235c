import { InvalidValueError } from "@kinko/core";
import type { EnvironmentVariable } from "./environment.js";

/**
 * The text that a variable gets.
 *
 * @throws InvalidValueError with the reason `binary-value` for binary secrets, and `nul-in-value`
 * for text that no environment can carry. The value is never quoted.
 */
export function environmentText(variable: EnvironmentVariable): string {
  const text = exactText(variable);
  if (text.includes("\0")) {
    throw new InvalidValueError(
      `${variable.name} (${variable.source}) has a NUL character, which no environment can carry.`,
      {
        reason: "nul-in-value",
        advice: "Store it in base64, or pass it to the program as a file.",
      },
    );
  }
  return text;
}

/** Like {@link environmentText}, for formats that can carry a NUL. */
export function exactText(variable: EnvironmentVariable): string {
  if (variable.value.kind === "binary") {
    throw new InvalidValueError(`${variable.name} (${variable.source}) is binary, not text.`, {
      reason: "binary-value",
      advice: "Store it as text, such as base64, or pass it to the program as a file.",
    });
  }
  return variable.value.text();
}
