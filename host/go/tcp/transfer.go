// How bytes move: goroutines that block in Read and in writev, and what the loop makes of it.

package tcp

import (
	"errors"
	"io"
	"net"
	"os"
	"time"

	"sansock/core"
)

const (
	readBytes = 32 << 10
	// How long a write may take until the part that was taken is reported. A slow peer is not idle.
	progress = time.Second
)

// read reads once for each time it is asked. Its buffer is the loop's until it is asked again.
func (c *Conn) read(transport *net.TCPConn) {
	buffer := make([]byte, readBytes)
	for range c.reads {
		count, err := transport.Read(buffer)
		c.loop.Do(func() { c.received(buffer[:count], err) })
	}
}

// write writes straight out of the core's memory, and reports what was taken, all or in parts.
func (c *Conn) write(transport *net.TCPConn) {
	for rest := range c.writes {
		for len(rest) > 0 {
			_ = transport.SetWriteDeadline(time.Now().Add(progress))
			count, err := rest.WriteTo(transport)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				if err = nil; count == 0 { // a report of nothing would count as progress
					continue
				}
			}
			c.loop.Do(func() { c.sent(int32(count), err) })
			if err != nil {
				break
			}
		}
	}
}

// readOn asks for another read, if one is wanted: first of all for what was read and kept.
func (c *Conn) readOn() {
	if c.paused || c.over || c.reading {
		return
	}
	if c.kept != nil {
		c.loop.later = append(c.loop.later, c.reportKept)
		return
	}
	c.reading = true
	c.reads <- struct{}{}
}

func (c *Conn) received(bytes []byte, err error) {
	c.reading = false
	if c.over {
		return
	}
	if len(bytes) > 0 {
		c.report(bytes)
	}
	switch {
	case errors.Is(err, io.EOF):
		c.over = true
		c.loop.core.Call("ended", c.handle)
	case err != nil:
		c.fail(err)
	default:
		c.readOn()
	}
}

func (c *Conn) reportKept() {
	if bytes := c.kept; bytes != nil {
		c.kept = nil
		c.report(bytes)
		c.readOn()
	}
}

func (c *Conn) report(bytes []byte) {
	copy(c.loop.core.Window, bytes)
	if c.loop.core.Call("received", c.handle, int32(len(bytes))) == core.ErrBusy {
		c.kept, c.paused = bytes, true // the order to resume comes when there is room
	}
}

func (c *Conn) sent(count int32, err error) {
	if c.transport == nil {
		return
	}
	c.loop.core.Call("sent", c.handle, count)
	if err != nil {
		c.fail(err)
	}
}
