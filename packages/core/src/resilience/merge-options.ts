import type { CacheOptions, ResilienceOptions } from "./options.js";

type Layer = ResilienceOptions | false | undefined;

/**
 * One set of options from several: what a later layer says goes before what earlier ones say,
 * setting by setting. A part that is off stays off until a later layer says something of it.
 */
export function mergeResilience(...layers: readonly Layer[]): ResilienceOptions | false {
  return layers.reduce<ResilienceOptions | false>((merged, layer) => {
    if (layer === undefined) return merged;
    if (layer === false) return false;
    const base =
      merged === false ? ({ retry: false, breaker: false, cache: false } as const) : merged;
    return {
      retry: mergePart(base.retry, layer.retry),
      breaker: mergePart(base.breaker, layer.breaker),
      cache: mergePart<CacheOptions>(base.cache, layer.cache),
    };
  }, {});
}

function mergePart<Part extends object>(
  base: Part | false | undefined,
  layer: Part | false | undefined,
): Part | false | undefined {
  if (layer === undefined || layer === false || base === undefined || base === false) {
    return layer ?? base;
  }
  // A policy or breaker of one's own is an object with a method, and not settings to be mixed.
  const isOwn = (part: Part): boolean => "delayMs" in part || "enter" in part;
  return isOwn(base) || isOwn(layer) ? layer : { ...base, ...layer };
}
