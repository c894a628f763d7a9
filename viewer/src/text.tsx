// A document's text with its marks: gold lines above, predicted lines below, the signs of marks
// before them. Lines are backgrounds and signs are generated content, so that copying gives the
// document's own text.
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { className, short, sign } from "./format";
import { CodePoints, describe, MOST_LANES, segments, type Line, type Mark, type Segment } from "./marks";

const LANE = 4;

export function MarkedText(props: {
  text: string;
  marks: Mark[];
  selected: string | null;
  onSelect: (mark: Mark) => void;
  /** Further ranges to highlight: evidence, the place of a selected error. */
  lit?: [number, number][];
  name: string;
}) {
  const { text, marks, selected, onSelect, lit = [] } = props;
  const points = useMemo(() => new CodePoints(text), [text]);
  const parts = useMemo(() => segments(points.length, marks, lit), [points, marks, JSON.stringify(lit)]);
  const most = useMemo(() => {
    const highest = (lines: Line[]) => Math.min(MOST_LANES, Math.max(0, ...lines.map((line) => line.lane + 1)));
    return [
      Math.max(1, ...parts.map((part) => highest(part.above))),
      Math.max(1, ...parts.map((part) => highest(part.below))),
    ] as const;
  }, [parts]);
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const style = element.current!.style;
    style.setProperty("--above", `${most[0] * LANE}px`);
    style.setProperty("--below", `${most[1] * LANE}px`);
  }, [most]);
  useEffect(() => {
    const chip = selected && element.current!.querySelector(`[data-key="${CSS.escape(selected)}"]`);
    const shown = chip || element.current!.querySelector(".piece.lit");
    if (shown) shown.scrollIntoView({ block: "center" });
  }, [selected, parts]);
  return (
    <div ref={element} class="text" lang="" tabIndex={-1} aria-label={props.name} role="document" data-text>
      {parts.map((part) => (
        <Piece key={part.start} part={part} points={points} selected={selected} lit={lit} onSelect={onSelect} />
      ))}
    </div>
  );
}

function Piece(props: {
  part: Segment;
  points: CodePoints;
  selected: string | null;
  lit: [number, number][];
  onSelect: (mark: Mark) => void;
}) {
  const { part, points, selected, lit, onSelect } = props;
  const content = points.slice(part.start, part.end);
  const lines = [...part.above, ...part.below];
  const isLit = lit.some(([from, to]) => from <= part.start && part.end <= to);
  if (lines.length === 0 && part.begins.length === 0 && !isLit) return <>{content}</>;
  const inner = [...lines].sort((a, b) => length(a.mark) - length(b.mark))[0]?.mark;
  const isSelected = lines.some((line) => line.mark.key === selected && !line.isGap);
  return (
    <>
      {part.begins.map((mark) => (
        <Chip mark={mark} isSelected={mark.key === selected} onSelect={onSelect} />
      ))}
      <span
        class={`piece${isSelected ? " selected" : ""}${isLit ? " lit" : ""}`}
        style={background(part)}
        onClick={inner && (() => window.getSelection()?.isCollapsed !== false && onSelect(inner))}
        data-start={part.start}
      >
        {content}
      </span>
    </>
  );
}

function length(mark: Mark): number {
  const ranges = mark.gold.length ? mark.gold : mark.predicted;
  return ranges.at(-1)![1] - ranges[0]![0];
}

function Chip({ mark, isSelected, onSelect }: { mark: Mark; isSelected: boolean; onSelect: (mark: Mark) => void }) {
  const words = `${className(mark.class)}: ${describe(mark)}`;
  return (
    // Unlike a button, it does not let a line end between the sign and its text.
    <span
      role="button"
      tabIndex={0}
      class={`chip c-${mark.class}${isSelected ? " selected" : ""}`}
      data-key={mark.key}
      data-sign={`${sign(mark.class)} ${short(describe(mark), 28)}`}
      aria-label={words}
      aria-pressed={isSelected}
      title={words}
      onClick={() => onSelect(mark)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        onSelect(mark);
      }}
    />
  );
}

/** The lines of a segment as layers of a background: each follows the text where it wraps. */
function background(part: Segment): Record<string, string> {
  const images: string[] = [];
  const sizes: string[] = [];
  const places: string[] = [];
  const draw = (line: Line, isAbove: boolean) => {
    if (line.lane >= MOST_LANES) return;
    const offset = line.lane * LANE;
    const color = `var(--${line.mark.class})`;
    const height = line.isGap ? 1 : 2;
    const is = (name: string) => line.mark.class === name;
    const pattern = line.isGap
      ? `repeating-linear-gradient(90deg, ${color} 0 1px, transparent 1px 4px)`
      : is("missed")
        ? `repeating-linear-gradient(90deg, ${color} 0 5px, transparent 5px 8px)`
        : is("spurious") || is("duplicate")
          ? `repeating-linear-gradient(90deg, ${color} 0 2px, transparent 2px 5px)`
          : `linear-gradient(${color}, ${color})`;
    const edge = (more: number) =>
      isAbove ? `calc(var(--above) - ${offset + height + more}px)` : `calc(100% - var(--below) + ${offset + height + more}px)`;
    const add = (thickness: number, more: number) => {
      images.push(pattern);
      sizes.push(`100% ${thickness}px`);
      places.push(`0 ${edge(more)}`);
    };
    // A label that differs is drawn double.
    if (is("mislabelled") || is("mislabelled_misbounded")) {
      add(1, 0);
      add(1, -2);
    } else {
      add(height, 0);
    }
  };
  part.above.forEach((line) => draw(line, true));
  part.below.forEach((line) => draw(line, false));
  if (images.length === 0) return {};
  return {
    backgroundImage: images.join(", "),
    backgroundSize: sizes.join(", "),
    backgroundPosition: places.join(", "),
  };
}
