// Charts as inline SVG, each with its numbers in a table behind it.
import type { ComponentChildren } from "preact";
import { figure } from "./format";
import type { Figure } from "./data";

/** The interval of a figure on a scale that all bars share, with its value as a point. */
export function IntervalBar(props: { figure: Figure; low: number; high: number; label: string }) {
  const { value, low, high } = props.figure;
  const span = props.high - props.low || 1;
  const at = (number: number) => 100 * Math.max(0, Math.min(1, (number - props.low) / span));
  return (
    <svg class="interval" viewBox="0 0 104 12" width="104" height="12" role="img" aria-label={props.label}>
      <line class="axis" x1="2" x2="102" y1="6" y2="6" />
      {low !== null && high !== null && (
        <rect class="range" x={2 + at(low)} width={Math.max(1, at(high) - at(low))} y="4" height="4" />
      )}
      {value !== null && <circle class="value" cx={2 + at(value)} cy="6" r="3" />}
    </svg>
  );
}

export interface Series {
  name: string;
  points: [number, number][];
  isStep?: boolean;
  isDots?: boolean;
}

/** A chart of lines or points over axes from 0 to 1, or over the range that is given. */
export function XyChart(props: {
  title: string;
  x: string;
  y: string;
  series: Series[];
  diagonal?: boolean;
  rangeX?: [number, number];
  rangeY?: [number, number];
  children?: ComponentChildren;
}) {
  const [left, top, width, height] = [44, 10, 300, 200];
  const [x0, x1] = props.rangeX ?? [0, 1];
  const [y0, y1] = props.rangeY ?? [0, 1];
  const px = (x: number) => left + (width * (x - x0)) / (x1 - x0 || 1);
  const py = (y: number) => top + height - (height * (y - y0)) / (y1 - y0 || 1);
  const ticks = (from: number, to: number) => [0, 0.25, 0.5, 0.75, 1].map((share) => from + share * (to - from));
  const path = ({ points, isStep }: Series) =>
    points
      .map(([x, y], at) =>
        at === 0 ? `M${px(x)} ${py(y)}` : isStep ? `H${px(x)}V${py(y)}` : `L${px(x)} ${py(y)}`,
      )
      .join("");
  return (
    <figure class="chart">
      <figcaption>{props.title}</figcaption>
      <svg viewBox="0 0 360 260" role="img" aria-label={`${props.title}: ${props.y} by ${props.x}; the numbers are in the table below`}>
        {ticks(x0, x1).map((tick) => (
          <g key={`x${tick}`}>
            <line class="grid" x1={px(tick)} x2={px(tick)} y1={top} y2={top + height} />
            <text x={px(tick)} y={top + height + 14} text-anchor="middle">{figure(tick, 2)}</text>
          </g>
        ))}
        {ticks(y0, y1).map((tick) => (
          <g key={`y${tick}`}>
            <line class="grid" x1={left} x2={left + width} y1={py(tick)} y2={py(tick)} />
            <text x={left - 6} y={py(tick) + 4} text-anchor="end">{figure(tick, 2)}</text>
          </g>
        ))}
        {props.diagonal && <line class="diagonal" x1={px(x0)} y1={py(y0)} x2={px(x1)} y2={py(y1)} />}
        {props.series.map((series, at) =>
          series.isDots ? (
            <g key={series.name} class={`series s${at % 6}`}>
              {series.points.map(([x, y]) => (
                <circle key={`${x},${y}`} cx={px(x)} cy={py(y)} r="3" />
              ))}
            </g>
          ) : (
            <path key={series.name} class={`series s${at % 6}`} d={path(series)} />
          ),
        )}
        <text class="name" x={left + width / 2} y={top + height + 34} text-anchor="middle">{props.x}</text>
        <text class="name" transform={`translate(12 ${top + height / 2}) rotate(-90)`} text-anchor="middle">{props.y}</text>
      </svg>
      {props.series.length > 1 && (
        <ul class="legend">
          {props.series.map((series, at) => (
            <li key={series.name} class={`s${at % 6}`}>{series.name}</li>
          ))}
        </ul>
      )}
      <details>
        <summary>Numbers</summary>
        <div class="scroll" tabIndex={0} role="region" aria-label={`numbers of ${props.title}`}>
          <table>
            <thead>
              <tr>
                {props.series.length > 1 && <th scope="col">series</th>}
                <th scope="col" class="number">{props.x}</th>
                <th scope="col" class="number">{props.y}</th>
              </tr>
            </thead>
            <tbody>
              {props.series.flatMap((series) =>
                thin(series.points).map(([x, y]) => (
                  <tr key={`${series.name} ${x} ${y}`}>
                    {props.series.length > 1 && <td>{series.name}</td>}
                    <td class="number">{figure(x)}</td>
                    <td class="number">{figure(y)}</td>
                  </tr>
                )),
              )}
            </tbody>
          </table>
        </div>
      </details>
      {props.children}
    </figure>
  );
}

/** At most 200 points of a curve, evenly spread, with its first and last. */
function thin(points: [number, number][]): [number, number][] {
  if (points.length <= 200) return points;
  return Array.from({ length: 200 }, (_, at) => points[Math.round((at * (points.length - 1)) / 199)]!);
}
