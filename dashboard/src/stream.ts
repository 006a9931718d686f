/** Reads server-sent events from pieces of text, however they are cut. */
export class EventParser {
  #rest = "";
  #data: string[] = [];

  /** The data of each event that this piece completes. */
  push(piece: string): string[] {
    const complete: string[] = [];
    const lines = (this.#rest + piece).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("data: ")) this.#data.push(line.slice(6));
      if (line !== "" || this.#data.length === 0) continue;
      complete.push(this.#data.join("\n"));
      this.#data = [];
    }
    return complete;
  }
}
