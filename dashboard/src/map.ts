/** Metres to the east and to the north. */
export type Place = [number, number];

/** How far off an access point is heard with that signal: -30 dBm at one metre, exponent 3. */
export function metresAt(rssi: number): number {
  return 10 ** ((-30 - rssi) / 30);
}

/** Where each stands; what stands nowhere in particular is put on a circle. */
export function placed<T extends { position?: Place | undefined }>(all: T[], radius: number) {
  const lost = all.filter((each) => !each.position).length;
  let number = 0;
  return all.map((it) => {
    if (it.position) return { it, place: it.position, isReal: true };
    const angle = (2 * Math.PI * number++) / Math.max(1, lost) + Math.PI / 2;
    const at = lost === 1 && radius < 10 ? 0 : radius;
    const place: Place = [at * Math.cos(angle), at * Math.sin(angle)];
    return { it, place, isReal: false };
  });
}

/** What holds all places, with room around them; y grows downwards, as in a drawing. */
export function fit(places: Place[]): { x: number; y: number; width: number; height: number } {
  const xs = [0, ...places.map(([x]) => x)];
  const ys = [0, ...places.map(([, y]) => -y)];
  const room = 8;
  const x = Math.min(...xs) - room;
  const y = Math.min(...ys) - room;
  return {
    x,
    y,
    width: Math.max(...xs) + room - x,
    height: Math.max(...ys) + room - y,
  };
}
