// Relations as arcs between the marks of their arguments.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { AnswerData, Annotations, DocumentData } from "./data";

export interface Relation {
  label: string;
  isGold: boolean;
  class: string;
  /** The first code points of head and tail. */
  head: number;
  tail: number;
}

/** Returns the golden relations, and the predicted ones that are not equal to one of them. */
export function relationsOf(document: DocumentData, answer: AnswerData, layers: string[], classes: string[]): Relation[] {
  const items = answer.items.filter((item) => layers[item[0]] === "relations");
  const found: Relation[] = [];
  for (const [annotations, isGold] of [[document.gold, true], [answer.predicted, false]] as [Annotations, boolean][]) {
    const entities = new Map((annotations.entities ?? []).map((entity) => [entity.id, entity]));
    for (const { label, head, tail } of annotations.relations ?? []) {
      const [from, to] = [entities.get(head), entities.get(tail)];
      if (from?.start === undefined || to?.start === undefined) continue;
      const [start, end] = [Math.min(from.start, to.start), Math.max(from.end!, to.end!)];
      const item = items.find((one) => {
        const side = isGold ? one[2] : one[3];
        return side !== null && side[0] === start && side[1] === end && side[2] === label;
      });
      const kind = item ? classes[item[1]]! : isGold ? "missed" : "spurious";
      if (!isGold && kind === "correct") continue;
      found.push({ label, isGold, class: kind, head: from.start, tail: to.start });
    }
  }
  return found;
}

/** The most arcs: more could not be told apart. */
const MOST = 500;

interface Arc {
  path: string;
  relation: Relation;
  x: number;
  y: number;
}

/** Draws the arcs over the text that stands before this element in its parent. */
export function Arcs({ relations }: { relations: Relation[] }) {
  const element = useRef<SVGSVGElement>(null);
  const [arcs, setArcs] = useState<{ arcs: Arc[]; width: number; height: number }>({ arcs: [], width: 0, height: 0 });
  useLayoutEffect(() => {
    const parent = element.current!.parentElement!;
    const draw = () => {
      const frame = parent.getBoundingClientRect();
      const place = (point: number) => {
        const piece = parent.querySelector(`[data-start="${point}"]`);
        const box = piece?.getClientRects()[0];
        return box && { x: box.left - frame.left + Math.min(box.width / 2, 20), y: box.top - frame.top };
      };
      const drawn: Arc[] = [];
      for (const relation of relations.slice(0, MOST)) {
        const [head, tail] = [place(relation.head), place(relation.tail)];
        if (!head || !tail) continue;
        const rise = Math.min(28, 8 + Math.abs(head.x - tail.x) / 12);
        const [middle, top] = [(head.x + tail.x) / 2, Math.min(head.y, tail.y) - rise];
        drawn.push({ relation, x: middle, y: top + rise / 4, path: `M${head.x} ${head.y}C${head.x} ${top} ${tail.x} ${top} ${tail.x} ${tail.y}` });
      }
      setArcs({ arcs: drawn, width: frame.width, height: parent.scrollHeight });
    };
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(parent);
    return () => observer.disconnect();
  }, [relations.map((one) => `${one.head}-${one.tail}-${one.class}-${one.label}`).join()]);
  return (
    <svg ref={element} class="arcs" width={arcs.width} height={arcs.height} role="img" aria-label={`${relations.length} relations; ${relations.length > MOST ? `${MOST} of them are drawn; ` : ""}the table below lists them`}>
      <defs>
        <marker id="tip" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" markerHeight="6" orient="auto-start-reverse">
          <path d="M0 0L6 3L0 6z" />
        </marker>
      </defs>
      {arcs.arcs.map(({ path, relation, x, y }) => (
        <g class={`arc c-${relation.class}${relation.isGold ? " gold" : " predicted"}`}>
          <path d={path} marker-end="url(#tip)" />
          <text x={x} y={y} text-anchor="middle">
            {relation.label.slice(0, 30)}
          </text>
        </g>
      ))}
    </svg>
  );
}
