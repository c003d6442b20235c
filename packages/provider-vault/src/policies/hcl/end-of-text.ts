/** Thrown within a parser where the text ends too early; Vault's parsers take some of that. */
export class EndOfText extends Error {
  override readonly name = "EndOfText";
}
