// Delivered lines, `serial----code----link`: how one is read (docs/protocol.md section 3). A line is a secret: nothing
// here repeats a part of it.

import { type Link, parseLink } from "./voucher.ts";

/** A delivered line, read. */
export interface DeliveredLine {
  /** Empty where a card has none. */
  readonly serial: string;
  readonly code: string;
  readonly link: Link;
}

/** Why a text is no delivered line. */
export type LineProblem = "line_empty" | "line_no_link" | "line_no_code";

const SEPARATOR = "----";

/** What stands before a link, divided at the first separator; a code alone without one. */
export function divide(card: string): readonly [serial: string, code: string] {
  const at = card.indexOf(SEPARATOR);
  const [serial, code] = at < 0 ? ["", card] : [card.slice(0, at), card.slice(at + SEPARATOR.length)];
  return [serial.trim(), code.trim()];
}

/**
 * Reads a line. The link may itself hold `----`, because base64url has hyphens: it is found by its scheme, which nothing
 * else in a link can hold.
 */
export function parseLine(text: string): DeliveredLine | LineProblem {
  const line = text.trim();
  if (line === "") return "line_empty";
  const at = Math.max(line.lastIndexOf("https://"), line.lastIndexOf("http://"));
  const link = at < 0 ? null : parseLink(line.slice(at).trim());
  if (link === null) return "line_no_link";
  const card = line.slice(0, at).trimEnd();
  if (!card.endsWith(SEPARATOR)) return "line_no_code";
  const [serial, code] = divide(card.slice(0, -SEPARATOR.length));
  return code === "" ? "line_no_code" : { serial, code, link };
}
