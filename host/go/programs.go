// What the programs do with their connections: echo, send and count, pass on. All of the
// backpressure is here: Send says 0 above the high-water mark, Drain that it is over.

package main

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"time"

	"sansock/core"
	"sansock/tcp"
)

// config: messages have a length of four bytes in front of them.
var config = tcp.Config{
	// Kind 2 (length prefixed), flags, most bytes (1 MiB), offset, 4 bytes, adjust, strip 4, delimiters.
	Framing: []uint32{2, 0, 0, 0, 4, 0, 4, 0},
	// High-water mark, low-water mark, no limit, flags, connect timeout, idle timeout.
	Options: []uint32{65536, 16384, core.NoLimit, 0, 10_000, 10_000},
}

// quiet is a handler that does nothing.
type quiet struct{}

func (quiet) Open(*tcp.Conn)            {}
func (quiet) Accept(*tcp.Conn)          {}
func (quiet) Message(*tcp.Conn, []byte) {}
func (quiet) Drain(*tcp.Conn)           {}
func (quiet) Error(*tcp.Conn, int)      {}
func (quiet) Close(*tcp.Conn, bool)     {}

// echo sends back what comes. Who does not read is not read either, until it does.
type echo struct{ quiet }

func (echo) Message(c *tcp.Conn, payload []byte) {
	if c.Send(payload) == 0 {
		c.Ask("suspend")
	}
}

func (echo) Drain(c *tcp.Conn) { c.Ask("resume") }

// client sends count messages as fast as they are taken, and counts what comes back.
type client struct {
	quiet
	count, next, back int
	pattern           [256 + 1000]byte
	hash              hash.Hash
	began             time.Time
	elapsed           time.Duration
	err               error
}

func newClient(count int) *client {
	c := &client{count: count, hash: sha256.New()}
	for i := range c.pattern {
		c.pattern[i] = byte(i)
	}
	return c
}

func (p *client) Open(c *tcp.Conn) {
	p.began = time.Now()
	p.Drain(c)
	if p.count == 0 {
		c.Ask("close")
	}
}

func (p *client) Drain(c *tcp.Conn) {
	for below := int32(1); below == 1 && p.next < p.count; p.next++ {
		first, size := p.next&255, 1+p.next*7919%1000
		below = c.Send(p.pattern[first : first+size])
	}
}

func (p *client) Message(c *tcp.Conn, payload []byte) {
	p.hash.Write(payload)
	if p.back++; p.back == p.count {
		p.elapsed = time.Since(p.began)
		c.Ask("close")
	}
}

func (p *client) Error(_ *tcp.Conn, reason int) { p.err = fmt.Errorf("reason %d", reason) }

func (p *client) Close(_ *tcp.Conn, clean bool) {
	if clean && p.back < p.count && p.err == nil {
		p.err = fmt.Errorf("the peer ended after %d echoes", p.back)
	}
}

// relay has two connections: what one receives the other sends, and one's end ends the other.
type relay struct {
	quiet
	loop     *tcp.Loop
	port     int
	listener *tcp.Conn
	other    map[*tcp.Conn]*tcp.Conn
	err      error
}

func (r *relay) Accept(source *tcp.Conn) {
	r.listener.Ask("close") // one is enough
	sink, err := r.loop.Connect(r.port, r, config)
	if err != nil {
		r.err = err
		source.Ask("abort")
		return
	}
	r.other[source], r.other[sink] = sink, source
	source.Ask("suspend") // nothing can be sent before the sink is open
}

func (r *relay) Open(sink *tcp.Conn) { r.Drain(sink) }

func (r *relay) Message(source *tcp.Conn, payload []byte) {
	if r.other[source].Send(payload) == 0 {
		source.Ask("suspend")
	}
}

func (r *relay) Drain(sink *tcp.Conn) {
	if source := r.other[sink]; source != nil { // the listener has none
		source.Ask("resume")
	}
}

func (r *relay) Error(_ *tcp.Conn, reason int) { r.err = fmt.Errorf("reason %d", reason) }

func (r *relay) Close(c *tcp.Conn, _ bool) {
	if other := r.other[c]; other != nil {
		other.Ask("close")
	}
}
