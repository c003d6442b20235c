/**
 * The most events within any window of this length.
 *
 * @param {readonly number[]} timesMs
 * @param {number} windowMs
 */
export function mostWithin(timesMs, windowMs) {
  const sorted = timesMs.toSorted((a, b) => a - b);
  let most = 0;
  let first = 0;
  sorted.forEach((time, index) => {
    while ((sorted[first] ?? time) <= time - windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
}
