// Light, dark, or as the system has it.
export type Theme = 'system' | 'light' | 'dark';

const stored = localStorage.getItem('theme');

class ThemeChoice {
    theme = $state<Theme>(stored === 'light' || stored === 'dark' ? stored : 'system');

    apply(): void {
        document.documentElement.dataset.theme = this.theme;
    }

    choose(theme: Theme): void {
        this.theme = theme;
        localStorage.setItem('theme', theme);
        this.apply();
    }
}

export const themeChoice = new ThemeChoice();
