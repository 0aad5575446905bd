// Keeps window.busy: true from the moment when a page asks for a run until the server reports its
// end. Streamlit's own word comes later: it is "not running" until the server has begun.
(RERUN_SCRIPT, SCRIPT_FINISHED, EARLY_FOR_RERUN) => {
    // Of a protobuf message, whether it says that a run has ended, other than to begin again.
    const ended = bytes => {
        let at = 0
        const varint = () => {
            let value = 0, place = 1, byte
            do {
                byte = bytes[at++]
                value += (byte & 127) * place
                place *= 128
            } while (byte & 128)
            return value
        }
        while (at < bytes.length) {
            const tag = varint(), value = varint()
            if (tag === SCRIPT_FINISHED << 3) return value !== EARLY_FOR_RERUN
            if ((tag & 7) === 2) at += value
        }
        return false
    }
    const Plain = WebSocket
    window.busy = true
    window.WebSocket = class extends Plain {
        constructor(...all) {
            super(...all)
            this.addEventListener("message", ({data}) => {
                if (ended(new Uint8Array(data))) window.busy = false
            })
        }
        send(message) {
            if (message[0] === (RERUN_SCRIPT << 3 | 2)) window.busy = true
            super.send(message)
        }
    }
}
