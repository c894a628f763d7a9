// Keys: each page says what its keys do; the help lists what is in force.
import { useLayoutEffect } from "preact/hooks";

type Action = () => void;
const stack: Record<string, Action>[] = [];
let prefix: string | null = null;
/** The keys that act again while they are held: they only move. */
const repeating = /^[jknp]$/;

/** Puts keys in force while a component is shown; a name of two letters is pressed as two keys. */
export function useKeys(keys: Record<string, Action>): void {
  // Before the browser paints: a key that follows at once must act on what the page then shows.
  useLayoutEffect(() => {
    stack.push(keys);
    return () => {
      stack.splice(stack.indexOf(keys), 1);
    };
  });
}

export function listen(): void {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target as HTMLElement;
    const isTyping = /^(input|textarea|select)$/i.test(target.tagName) || target.isContentEditable;
    if (isTyping) {
      if (event.key === "Escape") target.blur();
      return;
    }
    const name = prefix ? `${prefix}${event.key}` : event.key;
    prefix = null;
    const keys = [...stack].reverse().find((keys) => name in keys);
    if (keys) {
      event.preventDefault();
      if (!event.repeat || repeating.test(name)) keys[name]!();
    } else if (event.key === "g") {
      prefix = "g";
      setTimeout(() => {
        prefix = null;
      }, 1500);
    }
  });
}
