// Sending: into engine memory where there is room, else into a queue of our own, in order.

package core

const partBytes = 1024 // of a payload, at the scratch address

// Send queues a payload. 1: at or below the high-water mark; 0: above it; negative: refused.
func (c *Core) Send(socket int32, payload []byte) int32 {
	address := c.Call("reserve", socket, int32(len(payload)))
	if address == 0 {
		return c.SendExternal(socket, payload)
	}
	if address < 0 {
		return address
	}
	copy(c.Bytes[address:], payload)
	return c.Call("commit", socket, int32(len(payload)))
}

// SendExternal queues a payload outside of the core's memory, where the core may have no room.
func (c *Core) SendExternal(socket int32, payload []byte) int32 {
	frame, refusal := c.encode(socket, payload)
	if refusal < 0 {
		return refusal
	}
	if len(frame) == 0 { // an empty payload without framing takes no room
		return c.Call("commit", socket, 0)
	}
	result := c.callCount("send_external", socket, len(frame))
	if result >= 0 {
		c.external[socket] = append(c.external[socket], frame...)
	}
	return result
}

// encode makes the frame of a payload, through the scratch area piece by piece.
func (c *Core) encode(socket int32, payload []byte) (frame []byte, refusal int32) {
	take := func(count int32) {
		if refusal = min(count, 0); count > 0 {
			at := c.word(controlEncoded)
			frame = append(frame, c.Bytes[at:at+uint32(count)]...)
		}
	}
	take(c.callCount("encode_begin", socket, len(payload)))
	encodes := c.word(controlEncodes) == 1
	if !encodes {
		frame = append(frame, payload...)
	}
	for encodes && refusal == 0 && len(payload) > 0 {
		count := copy(c.Bytes[c.word(controlScratch):][:partBytes], payload)
		payload = payload[count:]
		take(c.Call("encode_part", socket, int32(count)))
	}
	if refusal == 0 {
		take(c.Call("encode_end", socket))
	}
	return frame, refusal
}

// Gather lists what is to be written now, in order. It stays where it is until sent has covered it.
func (c *Core) Gather(socket int32) [][]byte {
	count := c.Call("gather", socket)
	parts := make([][]byte, 0, max(count, 0))
	for at := c.word(controlIov); count > 0; at, count = at+8, count-1 {
		address, length := c.uint32(at), c.uint32(at+4)
		if address != 0 {
			parts = append(parts, c.Bytes[address:address+length])
			continue
		}
		queue := c.external[socket]
		parts = append(parts, queue[:length:length])
		c.external[socket] = queue[length:]
	}
	return parts
}

// Forget is for a socket that was released.
func (c *Core) Forget(socket int32) {
	delete(c.external, socket)
}
