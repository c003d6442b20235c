/**
 * Runs every case once per round, so that a busy moment of the machine meets all of them, and starts
 * each round with another case, so that none always runs in the wake of the same neighbour.
 *
 * @template {string} Name
 * @param {Record<Name, () => Promise<number>>} cases each gives one sample
 * @param {{ rounds: number, warmups?: number }} options `warmups`: rounds before, not counted; 1 unless told
 * @returns {Promise<Record<Name, number[]>>} samples in the order they were taken, one per round
 * @throws whatever a case throws: a case that fails has no time
 */
export async function interleave(cases, { rounds, warmups = 1 }) {
  const names = /** @type {Name[]} */ (Object.keys(cases));
  const samples = /** @type {Record<Name, number[]>} */ (
    /** @type {unknown} */ (Object.fromEntries(names.map((name) => [name, []])))
  );
  for (let round = -warmups; round < rounds; round += 1) {
    const first = (round + warmups) % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const sample = await cases[name]();
      if (round >= 0) samples[name].push(sample);
    }
  }
  return samples;
}
