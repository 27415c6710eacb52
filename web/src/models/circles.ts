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
        (-distance + first + second) * (distance + first - second) * (distance - first + second) * (distance + first + second);
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
export function placeCircles(sizes: Array<{ name: string; size: number }>, shared: Shared[], width: number, height: number): Circle[] {
    const total = sizes.reduce((sum, one) => sum + one.size, 0) || 1;
    // Circles that all lay apart would fill a third of the paper.
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
    const both = new Map(shared.flatMap((pair) => [[`${pair.a}\n${pair.b}`, pair.both], [`${pair.b}\n${pair.a}`, pair.both]]));
    const wanted = circles.map((one) =>
        circles.map((other) => {
            const area = (both.get(`${one.name}\n${other.name}`) ?? 0) * perPerson;
            return area > 0 ? distanceForArea(one.radius, other.radius, area) : null;
        }),
    );
    for (let step = 0; step < steps; step += 1) {
        relax(circles, wanted, 0.5 * (1 - step / steps) + 0.02);
        for (const circle of circles) {
            circle.x = Math.min(width - circle.radius - 2, Math.max(circle.radius + 2, circle.x));
            circle.y = Math.min(height - circle.radius - 2, Math.max(circle.radius + 2, circle.y));
        }
    }
    return circles;
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
