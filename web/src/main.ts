import './css/tokens.css'
import './css/base.css'
import './css/panels.css'
import './css/tables.css'
import './css/buttons.css'
import './css/marks.css'
import './css/fields.css'
import './css/floats.css'
import './css/phone.css'
import { mount } from 'svelte'
import App from './App.svelte'

mount(App, { target: document.getElementById('app')! })
