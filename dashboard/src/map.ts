/** Metres to the east and to the north. */
export type Place = [number, number];

/** How far off an access point is heard with that signal: -30 dBm at one metre, exponent 3. */
export function metresAt(rssi: number): number {
  return 10 ** ((-30 - rssi) / 30);
}

/** Nothing that has no place is drawn farther off than this. */
const FARTHEST = 45;

/**
 * Where each stands. What stands nowhere in particular is put around the middle, as far off as
 * `metres` says.
 */
export function placed<T extends { position?: Place | undefined }>(
  all: T[],
  metres: (it: T) => number,
) {
  const lost = all.filter((each) => !each.position).length;
  let number = 0;
  return all.map((it) => {
    if (it.position) return { it, place: it.position, isReal: true };
    const angle = (2 * Math.PI * number++) / Math.max(1, lost) + Math.PI / 3;
    const off = Math.min(FARTHEST, metres(it));
    const round = (value: number) => Math.round(value * 10) / 10;
    const place: Place = [round(off * Math.cos(angle)), round(off * Math.sin(angle))];
    return { it, place, isReal: false };
  });
}

/** How far off modules without a place stand from the middle: so far that they can be told apart. */
export function apart(count: number): number {
  return count < 2 ? 0 : Math.max(3, count);
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What holds all places, with room around them, in that shape; y grows downwards, as in a drawing. */
export function fit(places: Place[], shape: number): Box {
  const xs = [0, ...places.map(([x]) => x)];
  const ys = [0, ...places.map(([, y]) => -y)];
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const room = Math.max(4, 0.2 * Math.max(right - left, bottom - top));
  const height = Math.max(bottom - top + 2 * room, (right - left + 2 * room) / shape);
  const width = height * shape;
  return { x: (left + right - width) / 2, y: (top + bottom - height) / 2, width, height };
}

/** A round length for a scale: 1, 2 or 5 of some power of ten, at most `most`. */
export function scaleOf(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].map((step) => step * power).find((length) => length <= most) ?? power;
}
