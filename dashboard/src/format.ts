// Values as people read them. Everything that comes from a wire or the air is text here, never HTML.

/** Microseconds since the program's start as minutes, seconds and milliseconds. */
export function clock(microseconds: number): string {
  const total = Math.max(0, Math.floor(microseconds / 1000));
  const minutes = Math.floor(total / 60_000);
  const seconds = Math.floor(total / 1000) % 60;
  const pad = (value: number, width: number) => String(value).padStart(width, "0");
  return `${pad(minutes, 2)}:${pad(seconds, 2)}.${pad(total % 1000, 3)}`;
}

/** How long something took: below 10 ms with a decimal. */
export function milliseconds(microseconds: number): string {
  const value = microseconds / 1000;
  return value < 10 ? value.toFixed(1) : Math.round(value).toString();
}

export function bytesOf(count: number): string {
  if (count < 1000) return `${count} B`;
  if (count < 1_000_000) return `${(count / 1000).toFixed(1)} kB`;
  if (count < 1_000_000_000) return `${(count / 1_000_000).toFixed(1)} MB`;
  return `${(count / 1_000_000_000).toFixed(2)} GB`;
}

/** "0d0a" as bytes; an odd digit at the end is left out. */
export function fromHex(digits: string): Uint8Array {
  const out = new Uint8Array(digits.length >> 1);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(digits.substr(2 * i, 2), 16);
  return out;
}

/** Bytes in hexadecimal with spaces between them. */
export function spacedHex(digits: string): string {
  return digits.replace(/../g, "$& ").trimEnd();
}

/** Bytes as ASCII: CR and LF as in C, what else is not printable as a middle dot. */
export function ascii(bytes: Uint8Array): string {
  let out = "";
  for (const byte of bytes) {
    if (byte === 13) out += "\\r";
    else if (byte === 10) out += "\\n";
    else out += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·";
  }
  return out;
}

/**
 * A text whose control and direction characters cannot act on what stands around it: each is
 * replaced by its number.
 */
export function tame(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
