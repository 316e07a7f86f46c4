// What the core says, and what opens a socket and hands over its messages.

package core

// Record is what the core says: an event for the app or an order for the host.
type Record struct {
	Kind       uint32
	Socket     int32
	A, B, C, D uint32
}

// Poll returns what the core says next, none if all is said. Handle all before the next Poll.
func (c *Core) Poll() []Record {
	count := c.Call("poll", 1)
	c.records = c.records[:0]
	for at := c.word(controlRecords); count > 0; at, count = at+32, count-1 {
		c.records = append(c.records, Record{
			Kind: c.uint32(at), Socket: int32(c.uint32(at + 4)),
			A: c.uint32(at + 8), B: c.uint32(at + 12), C: c.uint32(at + 16), D: c.uint32(at + 20),
		})
	}
	return c.records
}

// Open makes a socket; its options are words. Negative: refused.
func (c *Core) Open(role, parent int32, options []uint32) int32 {
	return c.Call("open", role, parent, c.configure(options))
}

// SetFraming says how the stream is cut into messages; no words for none.
func (c *Core) SetFraming(socket int32, framing []uint32) int32 {
	return c.Call("set_framing", socket, c.configure(framing))
}

// Deliver hands each message of a batch to take, until the app wants no more of it now: it said so by
// returning false, or did something that the rest must wait for. The bytes are valid until the next Poll.
// False if it stopped.
func (c *Core) Deliver(batch Record, take func([]byte) bool) bool {
	for i := range batch.B {
		entry := batch.A + i*8
		begin := batch.C + c.uint32(entry)
		end := begin + c.uint32(entry+4)
		more := take(c.Bytes[begin:end:end])
		if !more || c.word(controlInterrupted) == 1 {
			c.Call("delivered", batch.Socket, int32(i+1))
			return false
		}
	}
	return true
}
