// What two texts share, word by word, for the summaries page.

/** A range of UTF-16 units. */
export type Range = [number, number];

interface Word {
  word: string;
  from: number;
  to: number;
}

function wordsOf(text: string): Word[] {
  return [...text.matchAll(/[\p{L}\p{N}]+/gu)].map((match) => ({ word: match[0].toLowerCase(), from: match.index, to: match.index + match[0].length }));
}

/** The pairs of neighbouring words, with the range of each. */
function pairsOf(text: string): { pair: string; range: Range }[] {
  const words = wordsOf(text);
  return words.slice(1).map((next, at) => ({ pair: `${words[at]!.word} ${next.word}`, range: [words[at]!.from, next.to] }));
}

/** Merges ranges that touch or overlap; they must be in text order. */
function merged(ranges: Range[]): Range[] {
  const found: Range[] = [];
  for (const [from, to] of ranges) {
    const last = found.at(-1);
    if (last && last[1] >= from) last[1] = Math.max(last[1], to);
    else found.push([from, to]);
  }
  return found;
}

/** The longest runs of at least two words of `text` whose pairs of words all stand in `other`. */
export function sharedRuns(text: string, other: string): Range[] {
  const known = new Set(pairsOf(other).map(({ pair }) => pair));
  return merged(pairsOf(text).filter(({ pair }) => known.has(pair)).map(({ range }) => range));
}

/** The places in `other` of the pairs of words within a range of `text`. */
export function partners(text: string, [from, to]: Range, other: string): Range[] {
  return sharedRuns(other, text.slice(from, to));
}

/** Where a sentence stands in a text, however its spaces are written; nowhere if it does not. */
export function sentenceIn(text: string, sentence: string): Range[] {
  const words = sentence.trim().split(/\s+/).filter(Boolean).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const found = words.length > 0 && words.length < 2000 ? new RegExp(words.join("\\s+"), "u").exec(text) : null;
  return found ? [[found.index, found.index + found[0].length]] : [];
}
