// Payload in the list: an entry for each second of a link and direction.
import type { ProgramEvent } from "./api";
import type { Entry, Records } from "./records";

/** Pieces of payload of one link within so many microseconds are one entry. */
const GATHERED = 1_000_000;
/** How many beginnings of pieces an entry keeps. */
const MOST_HEADS = 8;
/** A second has at most so many lines in front of received data: docs/control.md, `summary`. */
export const HEADERS_A_SECOND = 20;

type Moved = Extract<ProgramEvent, { event: "payload" }>;

/** Payload of which not each piece has its line in the list. */
export function isSummary(entry: Entry): boolean {
  return entry.kind === "payload" && entry.toModule && entry.pieces > HEADERS_A_SECOND;
}

export function addPayload(records: Records, event: Moved): void {
  const toModule = event.direction === "in";
  const last = records.last(
    (entry) =>
      entry.kind === "payload" &&
      entry.module === event.module &&
      entry.link === event.link &&
      entry.toModule === toModule,
  );
  const { time, module, link } = event;
  const isMore = last !== undefined && time - last.time < GATHERED;
  const entry = isMore ? last : records.add({ kind: "payload", time, module, link, toModule });
  entry.bytes += event.bytes;
  entry.pieces += event.pieces;
  entry.duration = time - entry.time;
  if (entry.lines.length < MOST_HEADS) entry.lines.push(event.head);
  const summed = isSummary(entry) ? `, ${entry.pieces} pieces summed up` : "";
  entry.text = `link ${link} ${event.direction}: ${entry.bytes} bytes${summed}`;
}
