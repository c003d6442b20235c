const magic = "age-encryption.org/v1\n";
const armorStart = "-----BEGIN AGE ENCRYPTED FILE-----";

/** What the first bytes of a file say about it. */
export type AgeFileKind =
  | "age"
  /** age for one passphrase, as `age -p` writes it. */
  | "age-passphrase"
  /** age in text form, as `age -a` writes it. */
  | "age-armored"
  /** A later version of the age format. */
  | "newer-age"
  /** age, but damaged at its very start, or cut off there. */
  | "damaged-age"
  | "other";

/** Tells what a file is by how it begins; nothing is decrypted. */
export function ageFileKind(bytes: Buffer): AgeFileKind {
  const start = bytes.toString("latin1", 0, 200);
  if (start.startsWith(magic)) {
    return start.startsWith("-> scrypt ", magic.length) ? "age-passphrase" : "age";
  }
  if (start.startsWith(armorStart)) return "age-armored";
  if (/^age-encryption\.org\/v[0-9]+\n/u.test(start)) return "newer-age";
  return magic.startsWith(start) || almostMagic(start) ? "damaged-age" : "other";
}

/** Two wrong bytes at most: a damaged age file rather than some other text. */
function almostMagic(start: string): boolean {
  let wrong = 0;
  for (let index = 0; index < magic.length; index += 1) {
    if (start[index] !== magic[index]) wrong += 1;
  }
  return wrong <= 2;
}
