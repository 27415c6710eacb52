import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import { themeChoice } from './theme.svelte';

themeChoice.apply();
const target = document.getElementById('app');
if (target) {
    mount(App, { target });
}
