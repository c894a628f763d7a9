// A list of rows of one height, of which only the visible ones are drawn.
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from "@tanstack/virtual-core";
import type { ComponentChildren } from "preact";
import { MOST_PRINTED, usePrinting } from "./print";
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";

/** Where each list was scrolled to, so that it keeps its place when one comes back. */
const places = new Map<string, number>();

export function List(props: {
  /** The name under which the place is kept. */
  id: string;
  count: number;
  height: number;
  row: (at: number) => ComponentChildren;
  /** The row that is kept in sight. */
  selected?: number;
  label: string;
}) {
  const element = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((n: number, _: void) => n + 1, 0);
  const options: VirtualizerOptions<HTMLDivElement, HTMLDivElement> = {
    count: props.count,
    getScrollElement: () => element.current,
    estimateSize: () => props.height,
    overscan: 8,
    initialOffset: places.get(props.id) ?? 0,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw(),
  };
  const [virtual] = useState(() => new Virtualizer(options));
  virtual.setOptions(options);
  useLayoutEffect(() => virtual._didMount(), []);
  useLayoutEffect(() => virtual._willUpdate());
  useEffect(() => {
    if (props.selected !== undefined && props.selected >= 0 && props.selected < props.count) {
      virtual.scrollToIndex(props.selected, { align: "auto" });
    }
  }, [props.selected, props.count]);
  const isPrinting = usePrinting();
  const items = isPrinting
    ? Array.from({ length: Math.min(props.count, MOST_PRINTED) }, (_, index) => ({ key: index, index, start: index * props.height }))
    : virtual.getVirtualItems();
  const spacer = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    spacer.current!.style.height = `${props.count * props.height}px`;
  }, [props.count, props.height]);
  return (
    <div
      ref={element}
      class="list"
      role="list"
      aria-label={props.label}
      tabIndex={0}
      onScroll={() => places.set(props.id, element.current!.scrollTop)}
    >
      <div ref={spacer} class="spacer" role="presentation">
        {items.map((item) => (
          <div
            key={item.key}
            class="row"
            role="listitem"
            aria-setsize={props.count}
            aria-posinset={item.index + 1}
            style={{ transform: `translateY(${item.start}px)`, height: `${props.height}px` }}
          >
            {props.row(item.index)}
          </div>
        ))}
        {isPrinting && props.count > MOST_PRINTED && <p class="hint">and {props.count - MOST_PRINTED} more; alignment.csv has all</p>}
      </div>
    </div>
  );
}
