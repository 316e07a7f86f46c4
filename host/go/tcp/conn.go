// A connection on the loop's goroutine: obeys the core's orders, reports what the system said.

package tcp

import (
	"errors"
	"io"
	"net"
	"syscall"
	"time"

	"sansock/core"
)

// Why a connection failed, as the core has it.
const (
	reasonRefused  = 1
	reasonTimedOut = 2
	reasonReset    = 5
	reasonNetwork  = 6
)

// Conn is a socket of the core, and the system's that serves it. All but read, write and accept run on
// the loop's goroutine.
type Conn struct {
	loop      *Loop
	handle    int32
	handler   Handler
	transport io.Closer

	reads   chan struct{}    // each entry asks for one read
	writes  chan net.Buffers // one at a time
	reading bool             // asked, and not yet answered
	paused  bool
	over    bool   // nothing more is to be read: FIN, failure
	kept    []byte // a read that the core had no room for
	timer   *time.Timer
}

type closer func() error

func (c closer) Close() error { return c() }

// Send queues a message. 1; 0 above the high-water mark: go on at Drain; negative: refused.
func (c *Conn) Send(payload []byte) int32 { return c.loop.core.Send(c.handle, payload) }

// Ask gives the core a command: suspend, resume, close, abort, half_close.
func (c *Conn) Ask(command string) int32 { return c.loop.core.Call(command, c.handle) }

// Buffered is how many bytes wait to be sent, or are on their way to the system.
func (c *Conn) Buffered() int { return c.loop.core.Buffered(c.handle) }

// start begins to serve a connection that is up.
func (c *Conn) start(transport *net.TCPConn) {
	c.transport = transport
	c.reads, c.writes = make(chan struct{}, 1), make(chan net.Buffers, 1)
	go c.read(transport)
	go c.write(transport)
	c.readOn()
}

func (c *Conn) connected(transport net.Conn, err error) {
	if c.transport == nil { // given up meanwhile
		if err == nil {
			_ = transport.Close()
		}
		return
	}
	if err != nil {
		c.fail(err)
		return
	}
	c.start(transport.(*net.TCPConn))
	c.loop.core.Call("connected", c.handle)
}

// obey does what the core orders.
func (c *Conn) obey(order core.Record) {
	switch order.Kind {
	case core.Flush:
		c.writes <- c.loop.core.Gather(c.handle)
	case core.Pause:
		c.paused = true
	case core.Resume:
		c.paused = false
		c.readOn()
	case core.Finish:
		if err := c.transport.(*net.TCPConn).CloseWrite(); err != nil {
			c.fail(err)
		}
	case core.Destroy:
		c.destroy()
	case core.Timer:
		c.setTimer(int32(order.A), time.Duration(order.B)*time.Millisecond)
	}
}

// destroy lets go. Close waits for reads and writes to return, so none sees memory that is freed.
func (c *Conn) destroy() {
	_ = c.transport.Close()
	c.transport, c.over, c.kept = nil, true, nil
	if c.reads != nil {
		close(c.reads)
		close(c.writes)
	}
	c.loop.later = append(c.loop.later, func() { c.loop.core.Call("closed", c.handle) })
}

func (c *Conn) fail(err error) {
	c.over = true
	c.loop.core.Call("failed", c.handle, reasonOf(err))
}

func (c *Conn) setTimer(kind int32, after time.Duration) {
	c.stopTimer()
	if kind == 0 {
		return
	}
	var timer *time.Timer
	timer = time.AfterFunc(after, func() {
		c.loop.Do(func() {
			if c.timer == timer { // not replaced meanwhile
				c.loop.core.Call("expired", c.handle, kind)
			}
		})
	})
	c.timer = timer
}

func (c *Conn) stopTimer() {
	if c.timer != nil {
		c.timer.Stop()
		c.timer = nil
	}
}

func reasonOf(err error) int32 {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return reasonRefused
	case errors.Is(err, syscall.ETIMEDOUT):
		return reasonTimedOut
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return reasonReset
	}
	return reasonNetwork
}
