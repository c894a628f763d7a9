// What one pass has of a disagreement, as people read it.
import type { ComponentChildren } from "preact";
import type { Annotations, Entity } from "./data";
import { short } from "./format";
import type { Disagreement } from "./live";

/** The keys of items with spans: entities, events, clusters, key sentences and ignored regions. */
export interface Ranges extends Partial<Omit<Entity, "label">> {
  label?: string;
  trigger?: { start: number; end: number; text?: string };
  mentions?: { start: number; end: number; text?: string }[];
  evidence?: { start: number; end: number; text?: string }[];
}

interface Relation {
  label: string;
  head: string;
  tail: string;
}

type Fields = Record<string, unknown>;

/** Both sides of a disagreement; what differs between two objects is marked. */
export function sidesOf(item: Disagreement): [ComponentChildren, ComponentChildren] {
  const { layer } = item;
  const [a, b] = [named(item.a, item.names?.a), named(item.b, item.names?.b)];
  if (layer === "summaries" || layer === "keyphrases") return [<Text of={a} />, <Text of={b} />];
  return [<Members of={a} other={b} />, <Members of={b} other={a} />];
}

/** A relation or an event with the entities that it leads to in words, instead of their ids. */
function named(side: unknown, names: Record<string, string> | undefined): unknown {
  if (side === null || typeof side !== "object" || !names) return side;
  const { head, tail } = side as Partial<Relation>;
  const list = (side as { arguments?: { role: string; target: string }[] }).arguments;
  const name = (id: string) => names[id] ?? id;
  return {
    ...side,
    ...(head === undefined ? {} : { head: name(head) }),
    ...(tail === undefined ? {} : { tail: name(tail) }),
    ...(list === undefined ? {} : { arguments: list.map(({ role, target }) => `${role} ${name(target)}`) }),
  };
}

function Text({ of }: { of: unknown }) {
  return of === null ? <p class="hint">nothing</p> : <p class="value-text">{String(of)}</p>;
}

/** The keys that are no part of what an annotator decides. */
const QUIET = new Set(["id", "confidence"]);

function Members({ of, other }: { of: unknown; other: unknown }) {
  if (of === null) return <p class="hint">nothing</p>;
  const [mine, theirs] = [ordered(of as Fields), other === null ? null : ordered(other as Fields)];
  return (
    <dl>
      {Object.entries(mine).filter(([name]) => !QUIET.has(name)).map(([name, value]) => {
        const differs = theirs !== null && written(theirs[name]) !== written(value);
        return (
          <>
            <dt>{name}</dt>
            <dd class={differs ? "differs" : ""}>{differs ? <mark class="differs">{written(value)}</mark> : written(value)}</dd>
          </>
        );
      })}
    </dl>
  );
}

/** An object with its label and its text first, and with both offsets under one name. */
function ordered(of: Fields): Fields {
  const { start, end, ...others } = of;
  const span: Fields = start === undefined ? {} : { span: `${start}..${end}` };
  const { label, text, ...rest } = others;
  return { ...(label === undefined ? {} : { label }), ...(text === undefined ? {} : { text }), ...span, ...rest };
}

/** A value in words: spans as their text and offsets, lists by commas. */
function written(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(written).join(", ");
  if (typeof value !== "object") return String(value);
  const { start, end, text, ...rest } = value as Fields;
  const others = Object.entries(rest).map(([name, one]) => `${name} ${written(one)}`);
  if (start === undefined) return [...(text === undefined ? [] : [written(text)]), ...others].join(", ") || "{}";
  return [`${text === undefined ? "" : `“${text}” `}${start}..${end}`, ...others].join(", ");
}

/** Both sides, a line of the list each. */
export function versions(item: Disagreement): [string, string] {
  const { layer } = item;
  const [a, b] = [named(item.a, item.names?.a), named(item.b, item.names?.b)];
  const one = (side: unknown): string => {
    if (side === null) return "nothing";
    if (typeof side === "string") return side;
    const { label, text, start, end, head, tail, trigger, mentions } = side as Ranges & Partial<Relation>;
    if (head !== undefined) return `${label} ${head} → ${tail}`;
    if (mentions) return `${mentions.length} mentions`;
    if (trigger) return `${label} ${trigger.text ?? `${trigger.start}..${trigger.end}`}`;
    if (layer.startsWith("records.")) return differing(side as Fields, (side === a ? b : a) as Fields | null);
    return [label, text ?? (start === undefined ? "" : `${start}..${end}`)].filter(Boolean).join(" ");
  };
  return [one(a), one(b)];
}

/** The members of a record that the other one does not have. */
function differing(of: Fields, other: Fields | null): string {
  const names = Object.keys(of).filter((name) => other === null || written(of[name]) !== written(other[name]));
  return short(names.map((name) => `${name}: ${written(of[name])}`).join("; "), 60) || "less";
}

/** The ranges of the text that a side is about. */
export function textOf(side: unknown, annotations: Annotations): [number, number][] {
  if (side === null || typeof side !== "object") return [];
  const { head, tail } = side as Partial<Relation>;
  const found: [number, number][] = [];
  if (head !== undefined) {
    for (const entity of annotations.entities ?? []) {
      if ((entity.id === head || entity.id === tail) && entity.start !== undefined) found.push([entity.start, entity.end!]);
    }
  }
  const visit = (value: unknown) => {
    if (value === null || typeof value !== "object") return;
    if (Array.isArray(value)) return value.forEach(visit);
    const { start, end } = value as Ranges;
    if (typeof start === "number" && typeof end === "number") found.push([start, end]);
    Object.values(value as Fields).forEach(visit);
  };
  visit(side);
  return found;
}
