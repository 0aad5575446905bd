// Streamlit sends the text of a text area when the focus leaves it, and by Ctrl+Enter. This presses
// the keys a moment after the last letter, so that the price on a button is that of what is typed.

const AREA = '[data-testid="stTextArea"] textarea'
const PAUSE = 300 // ms
const KEYS = { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }

const send = area => area.dispatchEvent(new KeyboardEvent("keydown", KEYS))

export default function () {
  let timer

  function onInput({ target, isComposing }) {
    if (!target.matches?.(AREA)) return
    clearTimeout(timer)
    if (!isComposing) timer = setTimeout(() => send(target), PAUSE)
  }

  document.querySelectorAll(AREA).forEach(send) // what was typed before this was loaded
  window.addEventListener("input", onInput, true)
  return () => {
    clearTimeout(timer)
    window.removeEventListener("input", onInput, true)
  }
}
