// Saves what is on the screen as a file.
import { toCsv, type TableOf } from '../models/csv';

const copied = [
    'fill',
    'stroke',
    'stroke-width',
    'stroke-dasharray',
    'opacity',
    'fill-opacity',
    'font-size',
    'font-weight',
    'text-anchor',
];

function save(content: string, type: string, name: string): void {
    const url = URL.createObjectURL(new Blob([content], { type }));
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** A picture that stands alone: what style sheets say becomes attributes. */
function standingAlone(svg: SVGSVGElement): string {
    const copy = svg.cloneNode(true) as SVGSVGElement;
    const originals = [svg, ...svg.querySelectorAll('*')];
    for (const [place, element] of [copy, ...copy.querySelectorAll('*')].entries()) {
        const original = originals[place];
        if (original) {
            const style = getComputedStyle(original);
            for (const property of copied) {
                element.setAttribute(property, style.getPropertyValue(property));
            }
            element.removeAttribute('class');
        }
    }
    copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    copy.setAttribute('font-family', 'Inter, Helvetica, Arial, sans-serif');
    return new XMLSerializer().serializeToString(copy);
}

export function saveSvg(svg: SVGSVGElement, name: string): void {
    save(standingAlone(svg), 'image/svg+xml', `${name}.svg`);
}

export function saveCsv(table: TableOf, name: string): void {
    save(toCsv(table), 'text/csv', `${name}.csv`);
}
