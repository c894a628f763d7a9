// The values of a record, and where they stand in it.

/** A value, and the JSON pointer (RFC 6901) from the record to it. */
export interface ValuePlace {
  path: string;
  value: unknown;
}

/** The places of a field's values that read as `shown`. A field's path passes through lists: the items of
 * `lines` have the field `lines.price`. */
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

/** Where a new value of a field would stand: nowhere if the way leads through a list. */
export function newPlace(record: unknown, field: string): ValuePlace[] {
  const names = field.split(".");
  let value = record;
  for (const name of names.slice(0, -1)) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return [];
    value = (value as Record<string, unknown>)[name];
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [];
  const old = (value as Record<string, unknown>)[names.at(-1)!];
  return Array.isArray(old) || (old !== null && typeof old === "object") ? [] : [{ path: `/${names.map(escaped).join("/")}`, value: old }];
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
