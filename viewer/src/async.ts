// Values that arrive later, in components.
import { useEffect, useState } from "preact/hooks";

export type Loaded<T> = { value: T | undefined; error: string | undefined };

/** Calls `load` when `keys` change. While the new value is awaited, the old one stays. */
export function useLoaded<T>(load: () => Promise<T>, keys: unknown[]): Loaded<T> {
  const [state, setState] = useState<Loaded<T>>({ value: undefined, error: undefined });
  useEffect(() => {
    let stale = false;
    load().then(
      (value) => !stale && setState({ value, error: undefined }),
      (error: Error) => !stale && setState({ value: undefined, error: error.message }),
    );
    return () => {
      stale = true;
    };
  }, keys);
  return state;
}
