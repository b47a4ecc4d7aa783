import { mount } from 'svelte'
import App from './app/App.svelte'
import './app/styles.css'
import './app/theme.svelte'
import { locale } from './texts/locale.svelte'

const target = document.getElementById('app')
if (target) void locale.restore().then(() => mount(App, { target }))
