// Records: a table of fields with gold value, predicted value and outcome.
import type { AnswerData, DocumentData, ItemRow } from "./data";
import { className } from "./format";
import { itemKey } from "./marks";
import { Class, ItemTable, MOST_ROWS } from "./parts";

export function Records(props: {
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
        return (
          <details class="items" open>
            <summary>
              {layer}: {items.length} fields, {wrong} of them wrong
            </summary>
            <ItemTable label={layer} columns={["field", "outcome", "gold", "predicted"]} all={items.length}>
                {records(items.slice(0, MOST_ROWS)).map((fields) => (
                  <tbody>
                    {fields.map((item) => {
                      const [, kind, gold, predicted] = item;
                      const key = itemKey(layer, gold, predicted);
                      return (
                        <tr class={key === props.selected ? "selected" : ""}>
                          <th scope="row">
                            <button type="button" class="link" title="show its evidence in the text" onClick={() => props.onSelect(key === props.selected ? null : key)}>
                              {(gold ?? predicted)![2]}
                            </button>
                          </th>
                          <td>
                            <Class name={props.classes[kind]!} />
                          </td>
                          <td>{gold?.[3] ?? <span class="hint">absent</span>}</td>
                          <td>{predicted ? predicted[3] : <span class="hint">{className("missed")}</span>}</td>
                        </tr>
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

/** Items stand record by record, and each record names a field at most once. */
export function records(items: ItemRow[]): ItemRow[][] {
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
