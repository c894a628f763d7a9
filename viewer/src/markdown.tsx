// The definitions' Markdown as elements. karat's own documents use headings, paragraphs, lists,
// tables, code and links; text is only ever set as text.
import type { ComponentChildren } from "preact";

export function Markdown({ text }: { text: string }) {
  return <>{blocks(text.split("\n"))}</>;
}

function blocks(lines: string[]): ComponentChildren[] {
  const found: ComponentChildren[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at]!;
    if (line.trim() === "") {
      at += 1;
    } else if (line.startsWith("```")) {
      const end = lines.findIndex((other, place) => place > at && other.startsWith("```"));
      found.push(<pre><code>{lines.slice(at + 1, end < 0 ? undefined : end).join("\n")}</code></pre>);
      at = end < 0 ? lines.length : end + 1;
    } else if (/^#{1,6} /.test(line)) {
      const level = line.indexOf(" ");
      const Tag = `h${Math.min(6, level + 1)}` as "h2";
      found.push(<Tag>{inline(line.slice(level + 1))}</Tag>);
      at += 1;
    } else if (line.startsWith("|")) {
      const rows: string[][] = [];
      while (lines[at]?.startsWith("|")) {
        rows.push(lines[at]!.replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|")));
        at += 1;
      }
      const [head, , ...body] = rows;
      found.push(
        <div class="scroll" tabIndex={0} role="region" aria-label="table">
          <table>
            <thead>
              <tr>{head!.map((cell) => (<th scope="col">{inline(cell)}</th>))}</tr>
            </thead>
            <tbody>{body.map((row) => (<tr>{row.map((cell) => (<td>{inline(cell)}</td>))}</tr>))}</tbody>
          </table>
        </div>,
      );
    } else if (/^[-*] /.test(line) || /^\d+\. /.test(line)) {
      const isOrdered = /^\d/.test(line);
      const items: string[] = [];
      while (at < lines.length && lines[at]!.trim() !== "") {
        const item = /^(?:[-*]|\d+\.) (.*)/.exec(lines[at]!);
        if (item) items.push(item[1]!);
        else items[items.length - 1] += ` ${lines[at]!.trim()}`;
        at += 1;
      }
      const children = items.map((item) => <li>{inline(item)}</li>);
      found.push(isOrdered ? <ol>{children}</ol> : <ul>{children}</ul>);
    } else {
      const paragraph: string[] = [];
      while (at < lines.length && lines[at]!.trim() !== "" && !/^(#{1,6} |```|\|)/.test(lines[at]!)) {
        paragraph.push(lines[at]!);
        at += 1;
      }
      found.push(<p>{inline(paragraph.join(" "))}</p>);
    }
  }
  return found;
}

/** Code, emphasis and links; of a link to another document, its text remains. */
function inline(text: string): ComponentChildren[] {
  const pattern = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\([^)]*\)/g;
  const found: ComponentChildren[] = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    found.push(text.slice(at, match.index));
    if (match[1] !== undefined) found.push(<code>{match[1]}</code>);
    else if (match[2] !== undefined) found.push(<strong>{inline(match[2])}</strong>);
    else if (match[3] !== undefined) found.push(<em>{inline(match[3])}</em>);
    else found.push(<span>{inline(match[4]!)}</span>);
    at = match.index + match[0].length;
  }
  found.push(text.slice(at));
  return found;
}
