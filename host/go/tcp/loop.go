// Package tcp serves the core with TCP sockets of package net.
//
// One goroutine, the loop's, owns the core and calls the app. Each connection has a goroutine that
// reads and one that writes; they block, and report what came of it to the loop.
package tcp

import (
	"context"
	"fmt"
	"net"

	"sansock/core"
)

// Handler is what a program does when something happens to a connection. It is called by the loop.
type Handler interface {
	Open(c *Conn)   // a client is connected, a listener listens
	Accept(c *Conn) // a listener has a new connection
	Message(c *Conn, payload []byte)
	Drain(c *Conn)
	Error(c *Conn, reason int)
	Close(c *Conn, clean bool)
}

// Config is what a socket is opened with, as words of the core's open and set_framing.
type Config struct {
	Options, Framing []uint32
}

// Loop joins a core and its connections.
type Loop struct {
	core    *core.Core
	conns   map[int32]*Conn
	reports chan func()
	over    chan struct{}
	later   []func()
}

// NewLoop returns a loop on an instance of its own.
func NewLoop(core *core.Core) *Loop {
	return &Loop{
		core: core, conns: map[int32]*Conn{}, reports: make(chan func()), over: make(chan struct{}),
	}
}

// Connect opens a connection to a port of this machine.
func (l *Loop) Connect(port int, handler Handler, config Config) (*Conn, error) {
	c, err := l.open(core.Client, handler, config)
	if err != nil {
		return nil, err
	}
	dialing, cancel := context.WithCancel(context.Background())
	c.transport = closer(func() error { cancel(); return nil })
	go func() {
		var dialer net.Dialer
		transport, err := dialer.DialContext(dialing, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
		l.Do(func() { c.connected(transport, err) })
	}()
	return c, nil
}

func (l *Loop) open(role int32, handler Handler, config Config) (*Conn, error) {
	handle := l.core.Open(role, 0, config.Options)
	if handle < 0 {
		return nil, fmt.Errorf("open: %d", handle)
	}
	if result := l.core.SetFraming(handle, config.Framing); result < 0 {
		return nil, fmt.Errorf("set_framing: %d", result)
	}
	return l.add(handle, handler), nil
}

func (l *Loop) add(handle int32, handler Handler) *Conn {
	c := &Conn{loop: l, handle: handle, handler: handler}
	l.conns[handle] = c
	return c
}

// Do has the loop's goroutine run a function, from any other.
func (l *Loop) Do(report func()) {
	select {
	case l.reports <- report:
	case <-l.over:
	}
}

// All calls a function for each connection. For handlers, or in Do.
func (l *Loop) All(each func(*Conn)) {
	for _, c := range l.conns {
		each(c)
	}
}

// Run serves until no connection is left.
func (l *Loop) Run() {
	defer close(l.over)
	for l.turn(); len(l.conns) > 0; l.turn() {
		(<-l.reports)()
	}
}

// turn polls until the core has nothing more to say.
func (l *Loop) turn() {
	for {
		records := l.core.Poll()
		for _, record := range records {
			l.dispatch(l.conns[record.Socket], record)
		}
		if len(records) > 0 {
			continue
		}
		if len(l.later) == 0 {
			return
		}
		first := l.later[0]
		l.later = l.later[1:]
		first()
	}
}

func (l *Loop) dispatch(c *Conn, record core.Record) {
	switch record.Kind {
	case core.Messages:
		l.core.Deliver(record, func(payload []byte) bool { c.handler.Message(c, payload); return true })
	case core.Data: // without framing: what one read brought
		c.handler.Message(c, l.core.Bytes[record.A:record.A+record.B])
	case core.Open:
		c.handler.Open(c)
	case core.Connect:
		c.handler.Accept(c)
	case core.Drain:
		c.handler.Drain(c)
	case core.Error:
		c.handler.Error(c, int(record.A))
	case core.Close:
		c.handler.Close(c, record.A == 1)
	case core.Released:
		c.stopTimer()
		l.core.Forget(c.handle)
		delete(l.conns, c.handle)
	default:
		c.obey(record)
	}
}
