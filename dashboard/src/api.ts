// The program's HTTP API, typed by its OpenAPI file: generated/api.d.ts, which `npm run types` writes.
import type { components, paths } from "../generated/api";
import { EventParser } from "./stream";

type Posted = {
  [P in keyof paths]: P extends `/v1/${infer N}`
    ? paths[P] extends {
        post: { responses: { 200: { content: { "application/json": { return: unknown } } } } };
      }
      ? N
      : never
    : never;
}[keyof paths];

/** A command whose answer is JSON. */
export type Command = Posted;
type Operation<N extends Command> = paths[`/v1/${N}`] extends { post: infer O } ? O : never;
export type Arguments<N extends Command> =
  Operation<N> extends { requestBody?: { content: { "application/json": infer A } } } ? A : never;
export type Returned<N extends Command> =
  Operation<N> extends {
    responses: { 200: { content: { "application/json": { return: infer R } } } };
  }
    ? R
    : never;
export type ProgramEvent = components["schemas"]["Event"];
/** What a client is told instead of events that it was too slow for. */
export type Lost = { event: "lost"; count: number };
export type Capabilities = Returned<"capabilities">;
export type ModuleStatus = Returned<"status">["modules"][number];
export type FaultList = Returned<"fault.list">;

/** One access point of `world.show`, by the keys of [[ap]]. */
export interface AccessPoint {
  ssid: string;
  bssid: string;
  channel?: number;
  security?: string;
  rssi?: number;
  position?: [number, number];
  off?: boolean;
  hidden?: boolean;
  silent?: boolean;
  password?: unknown;
  dhcp?: { on?: boolean | "refuses" };
}

/** A schema of the OpenAPI file, as far as forms are made of it. */
export interface Schema {
  type?: string;
  description?: string;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  default?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
}

/** The program has refused, with a code of docs/control.md. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export class Client {
  constructor(private readonly token: string) {}

  async ask<N extends Command>(name: N, given?: Arguments<N>): Promise<Returned<N>> {
    return (await (await this.post(name, given ?? {})).json()).return;
  }

  /** All events behind that number are kept for a while yet; 0: all that there were. */
  async keptSince(): Promise<number> {
    const { return: program, at } = await (await this.post("program", {})).json();
    const kept: number = program.events_kept_since;
    // Where the first ones go already, the next ones may be gone before they can be asked for.
    return kept === 0 ? 0 : Math.floor(kept + (at - kept) / 4);
  }

  /** A command whose answer is a file. */
  async file(name: string, given: object): Promise<Blob> {
    return (await this.post(name, given)).blob();
  }

  /** The schema of a command's arguments. */
  async schemas(): Promise<Record<string, Schema>> {
    const document = await (await this.fetch("/openapi.json", {})).json();
    const out: Record<string, Schema> = {};
    for (const [path, operations] of Object.entries<Record<string, unknown>>(document.paths)) {
      const post = operations.post as
        | { requestBody?: { content: Record<string, { schema: Schema }> } }
        | undefined;
      const body = post?.requestBody?.content["application/json"];
      if (path.startsWith("/v1/") && body) out[path.slice(4)] = body.schema;
    }
    return out;
  }

  /**
   * Events as they come, until the connection ends; those behind `since` first. Of what is much a
   * summary, so that the page costs a module little whatever passes.
   */
  async *events(topics: string[], since: number | undefined, signal: AbortSignal) {
    const from = since === undefined ? "" : `&since=${since}`;
    const query = `topics=${topics.join(",")}&summary=true${from}`;
    const response = await this.fetch(`/v1/events?${query}`, { signal });
    if (!response.body) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new EventParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield parser.push(value).map((data): ProgramEvent | Lost => JSON.parse(data));
    }
  }

  private post(name: string, given: object): Promise<Response> {
    return this.fetch(`/v1/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(given),
    });
  }

  private async fetch(path: string, how: RequestInit): Promise<Response> {
    const headers = { ...how.headers, Authorization: `Bearer ${this.token}` };
    const response = await fetch(path, { ...how, headers, cache: "no-store" });
    if (response.ok) return response;
    const body = await response.json().catch(() => ({}));
    throw new Refused(body.error?.code ?? "", body.error?.message ?? response.statusText);
  }
}
