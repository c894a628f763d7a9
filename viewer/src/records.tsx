// Records: a table of fields with gold value, predicted value and outcome.
import type { AnswerData, DocumentData, ItemRow } from "./data";
import { ValueForm } from "./edits";
import { className } from "./format";
import { itemKey } from "./marks";
import { Class, ItemTable, MOST_ROWS, Place } from "./parts";

export function Records(props: {
  id: string;
  document: DocumentData;
  answer: AnswerData;
  names: string[];
  classes: string[];
  selected: string | null;
  onSelect: (key: string | null) => void;
}) {
  const layers = props.names.filter((name) => name.startsWith("records."));
  return (
    <>
      {layers.map((layer) => {
        const items = props.answer.items.filter((item) => props.names[item[0]] === layer);
        if (items.length === 0) return null;
        const wrong = items.filter((item) => props.classes[item[1]] !== "correct").length;
        const groups = records(items.slice(0, MOST_ROWS));
        return (
          <details class="items" open>
            <summary>
              {layer}: {items.length} fields, {wrong} of them wrong
            </summary>
            <ItemTable label={layer} columns={["field", "outcome", "gold", "predicted"]} all={items.length}>
                {groups.map((fields, group) => (
                  <tbody>
                    <tr>
                      <th scope="rowgroup" colSpan={4} class="record">{heading(fields[0]!, group)}</th>
                    </tr>
                    {fields.map((item) => {
                      const [, kind, gold, predicted] = item;
                      const key = itemKey(layer, gold, predicted);
                      const isSelected = key === props.selected;
                      return (
                        <>
                          <tr class={isSelected ? "selected" : ""}>
                            <th scope="row">
                              <button type="button" class="link" aria-expanded={isSelected} title="show its evidence in the text" onClick={() => props.onSelect(isSelected ? null : key)}>
                                {(gold ?? predicted)![2]}
                              </button>
                            </th>
                            <td>
                              <Class name={props.classes[kind]!} />
                            </td>
                            <td>{gold?.[3] ?? <span class="hint">absent</span>}</td>
                            <td>{predicted ? predicted[3] : <span class="hint">{className("missed")}</span>}</td>
                          </tr>
                          {isSelected && (
                            <tr class="selected">
                              <td colSpan={4}>
                                {gold && <Place document={props.document} line={item[6]} />}
                                <ValueForm id={props.id} document={props.document} answer={props.answer} record={layer.slice("records.".length)} item={item} records={item[7] ?? [null, null]} />
                              </td>
                            </tr>
                          )}
                        </>
                      );
                    })}
                  </tbody>
                ))}
            </ItemTable>
          </details>
        );
      })}
    </>
  );
}

/** Which record of the golden file is beside which of the answer. */
function heading(first: ItemRow, group: number): string {
  const [gold, predicted] = first[7] ?? [];
  if (gold === undefined) return `record ${group + 1}`;
  const name = (side: string, index: number | null | undefined) => (index === null || index === undefined ? `no ${side} record` : `${side} record ${index + 1}`);
  return `${name("gold", gold)}, ${name("predicted", predicted)}`;
}

/** The fields of each pair of records. Items without the numbers of records stand record by record,
 * and each record names a field at most once. */
export function records(items: ItemRow[]): ItemRow[][] {
  const pairs = pairsOf(items);
  if (pairs) return pairs;
  const found: ItemRow[][] = [];
  let seen = new Set<string>();
  for (const item of items) {
    const field = (item[2] ?? item[3])![2];
    if (found.length === 0 || seen.has(field)) {
      found.push([]);
      seen = new Set();
    }
    seen.add(field);
    found.at(-1)!.push(item);
  }
  return found;
}

/** Groups items by the numbers of their records; null if these are not known. */
function pairsOf(items: ItemRow[]): ItemRow[][] | null {
  if (!items.every((item) => item[7])) return null;
  const groups = new Map<string, ItemRow[]>();
  for (const item of items) {
    const key = item[7]!.join("-");
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}
