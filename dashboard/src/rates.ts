interface Moved {
  time: number;
  moved: number[];
}

/** Bytes a second between the last two samples, of one link or of all of them. */
export function rates(samples: Moved[], link?: number): { in: number; out: number } {
  const [before, after] = samples.slice(-2);
  if (!before || !after || after.time <= before.time) return { in: 0, out: 0 };
  const total = (way: number) => {
    let sum = 0;
    for (let id = 0; id < 5; id++) {
      if (link !== undefined && link !== id) continue;
      const [earlier, later] = [before.moved[2 * id + way] ?? 0, after.moved[2 * id + way] ?? 0];
      // A link that was opened anew begins at 0.
      sum += later >= earlier ? later - earlier : later;
    }
    return sum / (after.time - before.time);
  };
  return { in: total(0), out: total(1) };
}
