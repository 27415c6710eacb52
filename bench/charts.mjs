// Two small charts as SVG, readable on light and dark pages: bars of ratios, and lines over sizes. Axes are
// logarithmic, since what is compared lies orders of magnitude apart.

const width = 720;
const colours = ['a', 'b', 'c', 'd'];
const style = `<style>
text{font:12px system-ui,sans-serif;fill:#333}.t{font-weight:600;font-size:14px}.g{stroke:#ddd}.z{stroke:#888}
.a{fill:#1f6feb;stroke:#1f6feb}.b{fill:#d1690e;stroke:#d1690e}.c{fill:#5a8f29;stroke:#5a8f29}.d{fill:#8250df;stroke:#8250df}
polyline{fill:none!important;stroke-width:2}text.a,text.b,text.c,text.d{stroke:none}.dash{stroke-dasharray:5 4}
@media(prefers-color-scheme:dark){text{fill:#ccc}.g{stroke:#333}.a{fill:#58a6ff;stroke:#58a6ff}.b{fill:#f0883e;stroke:#f0883e}
.c{fill:#7ee787;stroke:#7ee787}.d{fill:#bc8cff;stroke:#bc8cff}}
</style>`;

const escaped = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const short = (number) => (number >= 100 ? number.toFixed(0) : String(Number(number.toPrecision(2))));

function page(height, title, parts) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">${style}
<text class="t" x="8" y="20">${escaped(title)}</text>
${parts.join('\n')}
</svg>
`;
}

/** The powers of ten that lie around all the numbers, and where a number stands between them, 0 to 1. */
function decades(numbers) {
  const low = Math.floor(Math.log10(Math.min(...numbers)) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...numbers)) - 1e-9));
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)),
    place: (number) => (Math.log10(number) - low) / (high - low),
  };
}

function legend(names, y) {
  let x = 150;
  return names.map((name, i) => {
    const part = `<rect class="${colours[i]}" x="${x}" y="${y - 9}" width="10" height="10"/><text x="${x + 15}" y="${y}">${escaped(name)}</text>`;
    x += 40 + 7 * name.length;
    return part;
  });
}

/** rows: [{ label, values: [number…] }], a bar for each of `names`; `mark`: a line at that value. */
export function barChart({ title, names, rows, unit, mark }) {
  const [left, right, top, bar] = [150, 60, 52, 9];
  const rowHeight = bar * names.length + 7;
  const height = top + rows.length * rowHeight + 28;
  const { ticks, place } = decades([...rows.flatMap(({ values }) => values), ...(mark ? [mark] : [])]);
  const x = (number) => left + place(number) * (width - left - right);
  const parts = legend(names, 40);
  for (const tick of ticks) {
    parts.push(`<line class="g" x1="${x(tick)}" x2="${x(tick)}" y1="${top}" y2="${height - 24}"/><text x="${x(tick)}" y="${height - 8}" text-anchor="middle">${tick}${unit}</text>`);
  }
  for (const [i, { label, values }] of rows.entries()) {
    const y = top + i * rowHeight + 3;
    parts.push(`<text x="${left - 8}" y="${y + (bar * names.length) / 2 + 4}" text-anchor="end">${escaped(label)}</text>`);
    for (const [k, value] of values.entries()) {
      parts.push(`<rect class="${colours[k]}" x="${left}" y="${y + k * bar}" width="${Math.max(1, x(value) - left).toFixed(1)}" height="${bar - 1}"/><text x="${(x(value) + 4).toFixed(1)}" y="${y + k * bar + 8}" style="font-size:9px">${short(value)}</text>`);
    }
  }
  if (mark) parts.push(`<line class="z dash" x1="${x(mark)}" x2="${x(mark)}" y1="${top}" y2="${height - 24}"/>`);
  return page(height, title, parts);
}

/** series: [{ name, points: [[x, y]…] }]; both axes logarithmic. */
export function lineChart({ title, series, xLabel, yLabel }) {
  const [left, right, top, bottom, height] = [70, 150, 40, 48, 320];
  const all = series.flatMap(({ points }) => points);
  const xs = [...new Set(all.map(([x]) => x))].sort((a, b) => a - b);
  const y = decades(all.map(([, value]) => value));
  const [low, high] = [Math.log(xs[0]), Math.log(xs[xs.length - 1])];
  const atX = (value) => left + (high > low ? (Math.log(value) - low) / (high - low) : 0.5) * (width - left - right);
  const atY = (value) => height - bottom - y.place(value) * (height - top - bottom);
  const parts = [`<text x="${left}" y="${height - 6}">${escaped(xLabel)}</text><text x="8" y="${top - 4}">${escaped(yLabel)}</text>`];
  for (const tick of y.ticks) {
    parts.push(`<line class="g" x1="${left}" x2="${width - right}" y1="${atY(tick)}" y2="${atY(tick)}"/><text x="${left - 6}" y="${atY(tick) + 4}" text-anchor="end">${short(tick)}</text>`);
  }
  for (const tick of xs) parts.push(`<text x="${atX(tick)}" y="${height - bottom + 16}" text-anchor="middle">${tick}</text>`);
  for (const [i, { name, points }] of series.entries()) {
    const line = points.map(([px, py]) => `${atX(px).toFixed(1)},${atY(py).toFixed(1)}`).join(' ');
    const [lastX, lastY] = points[points.length - 1];
    parts.push(`<polyline class="${colours[i]}" points="${line}"/>`);
    parts.push(...points.map(([px, py]) => `<circle class="${colours[i]}" cx="${atX(px).toFixed(1)}" cy="${atY(py).toFixed(1)}" r="3"/>`));
    parts.push(`<text class="${colours[i]}" x="${(atX(lastX) + 8).toFixed(1)}" y="${(atY(lastY) + 4).toFixed(1)}">${escaped(name)}</text>`);
  }
  return page(height, title, parts);
}
