// Listeners: accept as long as the core takes connections.

package tcp

import (
	"errors"
	"fmt"
	"net"
	"time"

	"sansock/core"
)

const acceptPause = 100 * time.Millisecond

// Listen returns the listener and its port. What it accepts has its handler, options and framing.
func (l *Loop) Listen(port int, handler Handler, config Config) (*Conn, int, error) {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, 0, err
	}
	c, err := l.open(core.Listener, handler, config)
	if err != nil {
		return nil, 0, err
	}
	c.transport = listener
	l.core.Call("connected", c.handle)
	go c.accept(listener, config)
	return c, listener.Addr().(*net.TCPAddr).Port, nil
}

func (c *Conn) accept(listener net.Listener, config Config) {
	for {
		transport, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of descriptors, most likely
			time.Sleep(acceptPause)
			continue
		}
		c.loop.Do(func() { c.adopt(transport.(*net.TCPConn), config) })
	}
}

func (c *Conn) adopt(transport *net.TCPConn, config Config) {
	handle := c.loop.core.Open(core.Accepted, c.handle, config.Options)
	if handle < 0 { // too many, or the listener is closing
		_ = transport.Close()
		return
	}
	accepted := c.loop.add(handle, c.handler)
	accepted.paused = true // until the app knows of it
	accepted.start(transport)
}
