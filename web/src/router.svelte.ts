// The address bar as state: pages read `router.route`, links are ordinary links.
import { tick } from 'svelte';
import { addressOf, parseRoute, type Route } from './models/route';

class Router {
    route = $state.raw<Route>(parseRoute(location.pathname, location.search));

    /** Goes to an address; `replace` leaves no step to go back to. */
    go(target: Route | string, how: { replace?: boolean } = {}): void {
        const address = typeof target === 'string' ? target : addressOf(target);
        if (how.replace) {
            history.replaceState(null, '', address);
        } else {
            history.pushState(null, '', address);
        }
        this.#read(!how.replace);
    }

    /** Follows links and the back button; returns what undoes that. */
    listen(): () => void {
        const back = (): void => this.#read(true);
        const click = (event: MouseEvent): void => this.#follow(event);
        addEventListener('popstate', back);
        document.addEventListener('click', click);
        return () => {
            removeEventListener('popstate', back);
            document.removeEventListener('click', click);
        };
    }

    #read(moves: boolean): void {
        const before = this.route.page;
        this.route = parseRoute(location.pathname, location.search);
        if (moves && before !== this.route.page) {
            scrollTo(0, 0);
            void tick().then(() => document.querySelector<HTMLElement>('main h1')?.focus());
        }
    }

    #follow(event: MouseEvent): void {
        const link = event.target instanceof Element ? event.target.closest('a') : null;
        const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
        if (!link || !plain || event.defaultPrevented || link.origin !== location.origin) {
            return;
        }
        if (link.target !== '' || link.hasAttribute('download') || link.getAttribute('href')?.startsWith('#')) {
            return;
        }
        event.preventDefault();
        this.go(link.pathname + link.search);
    }
}

export const router = new Router();
