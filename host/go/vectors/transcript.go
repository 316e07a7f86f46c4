// What was said, and its digest.

package vectors

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
)

// transcript is what sockets said: for each its events and its wire bytes, apart from each other.
type transcript map[string]*said

type said struct {
	events []event
	wire   []byte
}

type event struct {
	what  string
	bytes []byte // nil for what carries none
}

func (t transcript) of(socket string) *said {
	if t[socket] == nil {
		t[socket] = &said{}
	}
	return t[socket]
}

// add copies the bytes; adjacent data count as one.
func (t transcript) add(socket, what string, bytes []byte) {
	s := t.of(socket)
	if last := len(s.events) - 1; what == "data" && last >= 0 && s.events[last].what == what {
		s.events[last].bytes = append(s.events[last].bytes, bytes...)
		return
	}
	if bytes != nil {
		bytes = append([]byte{}, bytes...)
	}
	s.events = append(s.events, event{what, bytes})
}

// digest is the same in every host.
func (t transcript) digest() string {
	hash := sha256.New()
	for _, socket := range slices.Sorted(maps.Keys(t)) {
		events := t[socket].events
		if wire := t[socket].wire; len(wire) > 0 {
			events = append(events, event{"tx", wire})
		}
		for _, e := range events {
			fmt.Fprintf(hash, "%s %s", socket, e.what)
			if e.bytes != nil {
				fmt.Fprintf(hash, " %d %x", len(e.bytes), sha256.Sum256(e.bytes))
			}
			fmt.Fprintln(hash)
		}
	}
	return fmt.Sprintf("%x", hash.Sum(nil))
}
