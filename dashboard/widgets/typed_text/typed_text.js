// What is typed into a multiselect wins: Streamlit's own takes the first option that matches, and
// forgets the text when the focus leaves. Enter and Tab take the option of that very name, or else
// add the text; so does a press anywhere else, before what was pressed gets its click.

const INPUT = '[data-testid="stMultiSelect"] input'
const LIST = '[data-testid="stMultiSelectDropdown"]'
const WAIT = 10_000 // ms; a busy machine draws its lists late
const OPTIONS = { capture: true, passive: false }
const SWALLOWED = ["mousedown", "pointerup", "mouseup", "click"]

const frame = () => new Promise(resolve => requestAnimationFrame(resolve))
const same = (option, text) => option.textContent.trim().toLowerCase() === text.toLowerCase()

function find(typed) {
  const options = [...document.querySelectorAll(`${LIST} [role="option"]`)]
  return options.find(option => same(option, typed))
    ?? options.find(option => same(option, `Add: ${typed}`))
}

const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set

function type(input, text) {
  setValue.call(input, text)
  input.dispatchEvent(new Event("input", { bubbles: true }))
}

// The list may not have been drawn yet, or closed, and the text with it, because the page scrolled.
// It draws only the options in sight, of which the one that adds the text is the last.
async function choose(input, typed) {
  const latest = performance.now() + WAIT
  for (let tries = 0; !find(typed) && performance.now() < latest; tries++) {
    const list = document.querySelector(`${LIST} [role="listbox"]`)
    if (input.value.trim() !== typed) type(input, typed)
    if (list && tries > 0) {
      const next = list.scrollTop + list.clientHeight
      list.scrollTop = next < list.scrollHeight ? next : 0
    }
    await frame()
    await frame()
  }
  find(typed)?.click()
  do await frame() // the text goes when the choice is drawn
  while (input.value.trim() === typed && performance.now() < latest)
}

let choosing = null // the choice under way, of which there is one at a time

function take(input) {
  choosing ??= choose(input, input.value.trim()).finally(() => { choosing = null })
  return choosing
}

export default function () {
  let chosenByKeys = false // with the arrow keys, since the last letter
  let swallowing = false

  const holdsText = input => input?.matches?.(INPUT) && input.value.trim() !== ""

  function onInput(event) {
    if (event.target.matches?.(INPUT)) chosenByKeys = false
  }

  function onKeyDown(event) {
    if (!holdsText(event.target) || event.isComposing) return
    if (event.key === "ArrowDown" || event.key === "ArrowUp") chosenByKeys = true
    if (!["Enter", "Tab"].includes(event.key) || chosenByKeys) return
    event.preventDefault()
    event.stopImmediatePropagation()
    take(event.target)
  }

  async function onPointerDown(event) {
    swallowing = false
    const input = document.activeElement
    const { target, pointerType } = event
    if (!event.isTrusted || event.button !== 0 || target === input || target.closest(LIST)) return
    if (!choosing && !holdsText(input)) return
    if (pointerType === "touch") return void take(input)
    swallowing = true
    event.preventDefault()
    event.stopImmediatePropagation()
    await take(input)
    target.closest("input, textarea, button, a, [tabindex]")?.focus()
    target.click()
  }

  // A page that scrolls closes the list, and with it goes the text.
  function onWheel(event) {
    const input = document.activeElement
    if (!holdsText(input) || event.target.closest(LIST)) return
    event.preventDefault()
    take(input)
  }

  function onScroll(event) {
    const input = document.activeElement
    if (!holdsText(input) || event.target.closest?.(LIST)) return
    const option = find(input.value.trim())
    if (option) option.click()
    else take(input)
  }

  function onPress(event) {
    if (!swallowing || !event.isTrusted) return
    event.preventDefault()
    event.stopImmediatePropagation()
    swallowing = event.type !== "click"
  }

  const listeners = [
    ["input", onInput],
    ["keydown", onKeyDown],
    ["pointerdown", onPointerDown],
    ["wheel", onWheel],
    ["scroll", onScroll],
    ...SWALLOWED.map(type => [type, onPress]),
  ]
  for (const [type, listener] of listeners) window.addEventListener(type, listener, OPTIONS)
  return () => {
    for (const [type, listener] of listeners) window.removeEventListener(type, listener, OPTIONS)
  }
}
