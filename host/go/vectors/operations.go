// The operations of scripts, as calls of the core.

package vectors

import (
	"cmp"
	"fmt"
)

// do does an operation. Negative: refused.
func (p *player) do(l line, payload []byte) int32 {
	handle := p.handles[l.Socket]
	switch l.Op {
	case "open":
		return p.open(l)
	case "received":
		return p.core.Call("received", handle, int32(copy(p.core.Window, payload)))
	case "sent":
		count := int(number(l.N))
		result := p.core.Call("sent", handle, int32(count))
		if result >= 0 {
			p.inFlight[l.Socket] -= count
		}
		return result
	case "send":
		if l.External && len(payload) > 0 {
			return p.core.SendExternal(handle, payload)
		}
		return p.core.Send(handle, payload)
	case "failed":
		return p.core.Call("failed", handle, reasons[l.Reason])
	case "expired":
		return p.core.Call("expired", handle, timers[l.Timer])
	case "setFraming":
		return p.core.SetFraming(handle, l.Framing.words())
	case "stopAfter":
		p.stopped = true
		return 0
	case "closed":
		p.inFlight[l.Socket] = 0
		return p.core.Call("closed", handle)
	case "halfClose":
		return p.core.Call("half_close", handle)
	case "unclaim":
		return p.core.Call("claim", handle, 0)
	case "claim":
		return p.core.Call("claim", handle, 1)
	case "ignore":
		return p.core.Call("delivered", handle, 0)
	case "connected", "secured", "ended", "suspend", "resume", "close", "abort", "upgrade":
		return p.core.Call(l.Op, handle)
	}
	p.fault = cmp.Or(p.fault, fmt.Errorf("unknown operation %s", l.Op))
	return 0
}

func (p *player) open(l line) int32 {
	handle := p.core.Open(roles[l.Role], p.handles[l.Parent], optionWords(l.Options))
	if handle < 0 {
		return handle
	}
	p.handles[l.Socket], p.names[handle] = handle, l.Socket
	framing := l.Framing
	if framing == nil && l.Role != "listener" {
		framing = p.header.Framing
	}
	if framing == nil {
		return 0
	}
	return p.core.SetFraming(handle, framing.words())
}
