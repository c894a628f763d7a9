// The values of a record, and where they stand in it.

/** A value, and the JSON pointer (RFC 6901) from the record to it. */
export interface ValuePlace {
  path: string;
  value: unknown;
}

/** The places of a field's values that read as `shown`. A field's path passes through lists: the
 * items of `lines` have the field `lines.price`. */
export function placesOf(record: unknown, field: string, shown: string): ValuePlace[] {
  const found: ValuePlace[] = [];
  const walk = (value: unknown, path: string, name: string) => {
    if (name === field && reads(value, shown)) found.push({ path, value });
    if (Array.isArray(value)) value.forEach((item, at) => walk(item, `${path}/${at}`, name));
    else if (value !== null && typeof value === "object") {
      for (const [key, inner] of Object.entries(value)) walk(inner, `${path}/${escaped(key)}`, name === "" ? key : `${name}.${key}`);
    }
  };
  walk(record, "", "");
  // A list of one item reads as its item, which is the value.
  return found.filter(({ path, value }) => !Array.isArray(value) || !found.some((other) => other.path === `${path}/0`));
}

/** The place of a value that a record lacks, at the path that it has in another one: nowhere if
 * the way leads through a list, is missing, or ends at another value. */
export function newPlace(record: unknown, path: string): ValuePlace[] {
  const names = path.slice(1).split("/").map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  let value = record;
  for (const [at, name] of names.entries()) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return [];
    value = (value as Record<string, unknown>)[name];
    if (value === undefined && at < names.length - 1) return [];
  }
  return value === undefined || value === null ? [{ path, value }] : [];
}

/** Whether the numbers in a list or an object can be written as they were read. A number that
 * stands alone is written as the report shows it. */
export function keepsNumbers(value: unknown): boolean {
  const isKept = (inner: unknown): boolean =>
    typeof inner === "number" ? String(inner).replace(/\D/g, "").length <= 15 : inner === null || typeof inner !== "object" || Object.values(inner).every(isKept);
  return typeof value === "number" || isKept(value);
}

function escaped(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Whether the report shows a value as this text. Numbers are compared by value, since scripts do not keep
 * their spelling. */
function reads(value: unknown, shown: string): boolean {
  if (typeof value === "string") return value === shown;
  if (typeof value === "number") return Number(shown) === value;
  if (Array.isArray(value)) return value.map(plain).join(" | ") === shown;
  if (value !== null && typeof value === "object") return plain(value) === shown;
  return String(value) === shown;
}

function plain(value: unknown): string {
  if (typeof value === "string") return value;
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    const { text, start, end } = value as Record<string, unknown>;
    if (typeof text === "string") return text;
    if (typeof start === "number" && typeof end === "number") return `${start}..${end}`;
  }
  return JSON.stringify(value);
}
