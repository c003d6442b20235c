import { hashNames, type HashName, type SignOptions } from "@kinko/core";
import type { OptionSpec } from "../command.js";
import type { ParsedInput } from "../input/parse-arguments.js";

/** Where the input of a signature or MAC comes from. */
export const inputOptionSpecs: readonly OptionSpec[] = [
  { name: "in", value: "FILE", description: "read a file; - is stdin", completes: "file" },
  { name: "keep-newline", description: "keep the line end at the end of stdin" },
  {
    name: "hash",
    value: "NAME",
    description: "hash function (default sha2-256)",
    choices: hashNames,
  },
];

/** How a signature is made. */
export const signOptionSpecs: readonly OptionSpec[] = [
  ...inputOptionSpecs,
  { name: "prehashed", description: "the input is the hash already" },
  {
    name: "marshaling",
    value: "FORM",
    description: "form of an ECDSA signature (default asn1)",
    choices: ["asn1", "jws"],
  },
  {
    name: "padding",
    value: "NAME",
    description: "padding of an RSA signature (default pss)",
    choices: ["pss", "pkcs1v15"],
  },
  { name: "context", value: "TEXT", description: "context of a derived key" },
];

/** What these options say. */
export function signOptions(input: ParsedInput): SignOptions {
  const context = input.text("context");
  return {
    hash: input.text("hash") as HashName | undefined,
    prehashed: input.flag("prehashed"),
    marshaling: input.text("marshaling") as SignOptions["marshaling"],
    padding: input.text("padding") as SignOptions["padding"],
    context: context === undefined ? undefined : Buffer.from(context, "utf8"),
  };
}
