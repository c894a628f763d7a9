// Numbers and words, as every page shows them.
import { passes } from "./live";

/** A figure with three places, as in the other reports; a dash if it is undefined. */
export function figure(value: number | null | undefined, places = 3): string {
  return value === null || value === undefined ? "–" : value.toFixed(places);
}

/** A difference with its sign. */
export function signed(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  const text = Math.abs(value).toFixed(3);
  return value < 0 ? `−${text}` : `+${text}`;
}

/** A sentence of karat's with the minus signs of this page. */
export function withMinusSigns(sentence: string): string {
  return sentence.replace(/(^|[\s[(])-(?=\d)/g, "$1−");
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** Characters that are not seen, or that change how others are shown. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A name from data on one line, at most so many characters of it; what is not seen is written out. */
export function short(text: string, most = 60): string {
  const visible = (character: string) => `\\u{${character.charCodeAt(0).toString(16)}}`;
  const line = text.slice(0, 8 * most).replace(/\s+/g, " ").replace(UNSEEN, visible);
  const points = [...line.slice(0, 4 * most)];
  return points.length > most ? `${points.slice(0, most).join("")}…` : line;
}

/** The words for a class of items. */
export function className(name: string): string {
  return (
    {
      correct: "correct",
      partial: "partial",
      mislabelled: "label differs",
      misbounded: "boundaries differ",
      mislabelled_misbounded: "label and boundaries differ",
      wrong_value: "wrong value",
      missed: passes ? `${passes.a} only` : "missed",
      spurious: passes ? `${passes.b} only` : "spurious",
      duplicate: "duplicate",
    }[name] ?? name.replaceAll("_", " ")
  );
}

/** The sign that stands for a class beside its words. */
export function sign(name: string): string {
  return (
    {
      correct: "✓",
      partial: "◐",
      mislabelled: "→",
      misbounded: "↔",
      mislabelled_misbounded: "⇄",
      wrong_value: "≠",
      missed: "−",
      spurious: "+",
      duplicate: "++",
    }[name] ?? "?"
  );
}

/** Whether a figure is that of one label: `entities.strict[ORG].f1`. */
export function isLabelled(metric: string): boolean {
  return metric.includes("[");
}

/** The label of a figure, if it is that of one label under this figure of all labels. */
export function labelUnder(whole: string, metric: string): string | null {
  const dot = whole.lastIndexOf(".");
  const [before, after] = [`${whole.slice(0, dot)}[`, `]${whole.slice(dot)}`];
  const fits = metric.startsWith(before) && metric.endsWith(after) && metric.length >= before.length + after.length;
  return fits ? metric.slice(before.length, -after.length) : null;
}

/** The values and how often each occurs, the most frequent first. */
export function frequencies(values: string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
