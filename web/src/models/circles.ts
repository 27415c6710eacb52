// Segments as circles: area is size, and circles overlap about as much as their members do.

export interface Circle {
    name: string;
    size: number;
    x: number;
    y: number;
    radius: number;
}

export interface Shared {
    a: string;
    b: string;
    both: number;
}

/** The area that two circles share at a distance of their centres. */
export function lensArea(first: number, second: number, distance: number): number {
    if (distance >= first + second) {
        return 0;
    }
    if (distance <= Math.abs(first - second)) {
        return Math.PI * Math.min(first, second) ** 2;
    }
    const half = (a: number, b: number): number => Math.acos((distance ** 2 + a ** 2 - b ** 2) / (2 * distance * a));
    const kite =
        (-distance + first + second) *
        (distance + first - second) *
        (distance - first + second) *
        (distance + first + second);
    return first ** 2 * half(first, second) + second ** 2 * half(second, first) - Math.sqrt(Math.max(0, kite)) / 2;
}

/** The distance at which two circles share an area; found by halving, as the area falls with it. */
export function distanceForArea(first: number, second: number, area: number): number {
    let near = Math.abs(first - second);
    let far = first + second;
    for (let step = 0; step < 40; step += 1) {
        const middle = (near + far) / 2;
        if (lensArea(first, second, middle) > area) {
            near = middle;
        } else {
            far = middle;
        }
    }
    return (near + far) / 2;
}

const steps = 400;

/**
 * Places circles so that each pair overlaps about as it should; a pair that shares nobody keeps apart.
 * The same input gives the same picture. Cost: 400 · n².
 */
export function placeCircles(
    sizes: Array<{ name: string; size: number }>,
    shared: Shared[],
    width: number,
    height: number,
): Circle[] {
    const total = sizes.reduce((sum, one) => sum + one.size, 0) || 1;
    // Circles that all lay apart would fill a third of the paper; what they come to is scaled to fit.
    const perPerson = (width * height * 0.34) / total;
    const circles = sizes.map(({ name, size }, place): Circle => {
        const turn = place * 2.399963;
        const out = 0.38 * Math.sqrt((place + 0.5) / sizes.length);
        return {
            name,
            size,
            x: width / 2 + Math.cos(turn) * out * width,
            y: height / 2 + Math.sin(turn) * out * height,
            radius: Math.max(3, Math.sqrt((size * perPerson) / Math.PI)),
        };
    });
    const both = new Map(
        shared.flatMap((pair) => [
            [`${pair.a}\n${pair.b}`, pair.both],
            [`${pair.b}\n${pair.a}`, pair.both],
        ]),
    );
    const wanted = circles.map((one) =>
        circles.map((other) => {
            const area = (both.get(`${one.name}\n${other.name}`) ?? 0) * perPerson;
            return area > 0 ? distanceForArea(one.radius, other.radius, area) : null;
        }),
    );
    for (let step = 0; step < steps; step += 1) {
        relax(circles, wanted, 0.5 * (1 - step / steps) + 0.02);
    }
    return fit(circles, width, height);
}

/** Moves and scales all circles alike, so that they fill the paper but for a margin for labels. */
function fit(circles: Circle[], width: number, height: number): Circle[] {
    if (circles.length === 0) {
        return circles;
    }
    const margin = 18;
    const wide = (side: 'x' | 'y'): number =>
        Math.max(...circles.map((circle) => circle[side] + circle.radius)) -
        Math.min(...circles.map((circle) => circle[side] - circle.radius));
    if (wide('y') > wide('x') !== height > width) {
        return fit(
            circles.map((circle) => ({ ...circle, x: circle.y, y: circle.x })),
            width,
            height,
        );
    }
    const left = Math.min(...circles.map((circle) => circle.x - circle.radius));
    const right = Math.max(...circles.map((circle) => circle.x + circle.radius));
    const top = Math.min(...circles.map((circle) => circle.y - circle.radius));
    const bottom = Math.max(...circles.map((circle) => circle.y + circle.radius));
    const scale = Math.min((width - 2 * margin) / (right - left), (height - 2 * margin) / (bottom - top));
    return circles.map((circle) => ({
        ...circle,
        x: width / 2 + (circle.x - (left + right) / 2) * scale,
        y: height / 2 + (circle.y - (top + bottom) / 2) * scale,
        radius: circle.radius * scale,
    }));
}

export interface Label {
    name: string;
    /** The name, cut where it is long. */
    text: string;
    x: number;
    y: number;
    /** Where the circle is that the label stands outside of; nothing where it stands inside. */
    anchor: { x: number; y: number } | null;
}

const letterWidth = 7.1;
const lettersMax = 24;

function cut(name: string): string {
    return name.length > lettersMax ? `${name.slice(0, lettersMax - 1)}…` : name;
}

const labelHeight = 30;

/** Places inside a circle that are tried for its label: the centre, then rings around it. */
function placesInside(circle: Circle, half: number): Array<[number, number]> {
    const room = circle.radius - Math.min(half, circle.radius * 0.75);
    const rings = [0.5, 1, 1.4].flatMap((part) =>
        Array.from({ length: 16 }, (_, turn): [number, number] => [
            Math.cos((turn * Math.PI) / 8) * room * part,
            Math.sin((turn * Math.PI) / 8) * Math.min(circle.radius - labelHeight / 2, room * part + 8),
        ]),
    );
    return half < circle.radius ? [[0, 0], ...rings] : [];
}

/**
 * Finds places for the labels of circles, two lines each, that cover none of the others: inside its circle, where the
 * fewest others are; else beside it. A circle whose label fits nowhere has none.
 */
export function placeLabels(circles: Circle[], width: number, height: number): Label[] {
    const placed: Array<Label & { half: number }> = [];
    const isFree = (x: number, y: number, half: number): boolean =>
        x - half >= 0 &&
        x + half <= width &&
        y - labelHeight / 2 >= 0 &&
        y + labelHeight / 2 <= height &&
        placed.every((other) => Math.abs(other.x - x) >= other.half + half + 4 || Math.abs(other.y - y) >= labelHeight);
    for (const circle of [...circles].sort((a, b) => a.radius - b.radius)) {
        const half = (Math.max(cut(circle.name).length, 4) * letterWidth) / 2;
        const others = (x: number, y: number): number =>
            circles.filter((other) => Math.hypot(other.x - x, other.y - y) < other.radius).length;
        const inside = placesInside(circle, half)
            .map(([dx, dy]) => ({
                x: circle.x + dx,
                y: circle.y + dy,
                cost: others(circle.x + dx, circle.y + dy) + Math.hypot(dx, dy) / circle.radius,
            }))
            .filter(({ x, y }) => isFree(x, y, half))
            .sort((a, b) => a.cost - b.cost)[0];
        const beyond = [1.1, 1.6, 2.2].flatMap((part) =>
            Array.from({ length: 16 }, (_, turn) => ({
                x: circle.x + Math.cos((turn * Math.PI) / 8) * (circle.radius * part + half + 6),
                y: circle.y + Math.sin((turn * Math.PI) / 8) * (circle.radius * part + labelHeight / 2 + 6),
            })),
        );
        const found =
            inside ??
            beyond.filter(({ x, y }) => isFree(x, y, half)).sort((a, b) => others(a.x, a.y) - others(b.x, b.y))[0];
        if (found) {
            placed.push({
                name: circle.name,
                text: cut(circle.name),
                x: found.x,
                y: found.y,
                half,
                anchor: inside ? null : { x: circle.x, y: circle.y },
            });
        }
    }
    return placed.map(({ name, text, x, y, anchor }) => ({ name, text, x, y, anchor }));
}

/** Moves each pair a part of the way towards its distance. */
function relax(circles: Circle[], wanted: Array<Array<number | null>>, strength: number): void {
    for (let i = 0; i < circles.length; i += 1) {
        for (let j = i + 1; j < circles.length; j += 1) {
            const [a, b] = [circles[i] as Circle, circles[j] as Circle];
            const [dx, dy] = [b.x - a.x || 0.01 * (j - i), b.y - a.y || 0.01];
            const distance = Math.hypot(dx, dy);
            const target = wanted[i]?.[j] ?? null;
            const apart = a.radius + b.radius + 6;
            if (target === null && distance >= apart) {
                continue;
            }
            const move = ((distance - (target ?? apart)) / distance) * strength;
            const share = b.radius / (a.radius + b.radius);
            a.x += dx * move * share;
            a.y += dy * move * share;
            b.x -= dx * move * (1 - share);
            b.y -= dy * move * (1 - share);
        }
    }
}
