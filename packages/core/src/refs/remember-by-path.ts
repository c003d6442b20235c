import type { SecretPath } from "./ref.js";

/**
 * The same function, whose result for a path is made once: an application reads the same few paths
 * again and again. A path that is not frozen is worked out each time, as it may be another tomorrow;
 * those of parsed references are frozen. What throws is not remembered.
 */
export function rememberByPath<Result extends string | object>(
  make: (path: SecretPath) => Result,
): (path: SecretPath) => Result {
  const results = new WeakMap<SecretPath, Result>();
  return (path) => {
    const known = results.get(path);
    if (known !== undefined) return known;
    const result = make(path);
    if (Object.isFrozen(path)) results.set(path, result);
    return result;
  };
}
