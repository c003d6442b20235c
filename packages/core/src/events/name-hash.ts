const known = new Map<string, string>();
const maxKnown = 1_000;

/** The {@link StoreEvent.nameHash} of a path in text form. */
export function nameHash(path: string): string {
  const found = known.get(path);
  if (found !== undefined) return found;
  // Not imported at the top: only stores that somebody listens to need it. See Secret.equals.
  const { createHash } = process.getBuiltinModule("node:crypto");
  const hash = createHash("sha256").update(path).digest("hex").slice(0, 16);
  if (known.size >= maxKnown) known.clear();
  known.set(path, hash);
  return hash;
}

/** The same of a reference in text form; undefined for none. */
export function nameHashOfRef(ref: string | undefined): string | undefined {
  if (ref === undefined) return undefined;
  const end = ref.search(/[#@]/u);
  return nameHash(end === -1 ? ref : ref.slice(0, end));
}
