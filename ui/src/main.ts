import './design/base.css';
import { mount } from 'svelte';
import App from './app/App.svelte';

// A file dropped beside the page must not be opened in its place.
for (const type of ['dragover', 'drop']) window.addEventListener(type, (event) => event.preventDefault());

const target = document.getElementById('app');
if (target) mount(App, { target });
