// Package vectors plays conformance scripts (test/vectors) on the core, and tells their digests.
//
// What a script expects is not compared, but for refusals: the digest tells.
package vectors

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"sansock/core"
)

var events = map[uint32]string{
	core.Open: "open", core.Connect: "connect", core.Secure: "secure", core.Drain: "drain", core.End: "end",
}

// player plays one script on one instance. Sockets go by the script's names.
type player struct {
	core     *core.Core
	header   line
	waiting  []line // what handlers do
	handles  map[string]int32
	names    map[int32]string
	inFlight map[string]int
	counts   map[string]int
	said     transcript
	recorded bool
	stopped  bool
	fault    error
}

func newPlayer(module *core.Module, header line) (*player, error) {
	engine := header.Engine
	c, err := module.New(cmp.Or(engine["memoryBytes"], 16<<20), cmp.Or(engine["maxSockets"], 32),
		cmp.Or(engine["windowBytes"], 16384))
	return &player{
		core: c, header: header, handles: map[string]int32{}, names: map[int32]string{},
		inFlight: map[string]int{}, counts: map[string]int{}, said: transcript{},
	}, err
}

func (p *player) play(lines []line) (string, error) {
	handles := func(l line) bool { return l.After != nil }
	p.waiting = slices.DeleteFunc(slices.Clone(lines), func(l line) bool { return !handles(l) })
	for _, l := range slices.DeleteFunc(slices.Clone(lines), handles) {
		p.step(l)
	}
	return p.said.digest(), p.fault
}

// step does an operation: what is received, or taken, in several reads or writes.
func (p *player) step(l line) {
	switch {
	case l.Op == "received":
		all := l.bytes()
		l.split(len(all), func(begin, end int) { p.once(l, all[begin:end]) })
	case l.N == "all":
		for p.inFlight[l.Socket] > 0 && p.fault == nil {
			l.N = float64(p.inFlight[l.Socket])
			p.step(l)
		}
	case l.Op == "sent":
		l.split(int(number(l.N)), func(begin, end int) {
			l.N = float64(end - begin)
			p.once(l, nil)
		})
	default:
		p.once(l, l.bytes())
	}
}

func (p *player) once(l line, payload []byte) {
	p.act(l, payload)
	if p.recorded = !l.Up; l.Up && l.Role != "accepted" {
		p.core.Call("connected", p.handles[l.Socket])
	}
	if l.Turn == nil || *l.Turn {
		p.run()
	}
}

func (p *player) act(l line, payload []byte) {
	result, refused := p.do(l, payload), ""
	if result < 0 {
		refused = cmp.Or(refusals[result], "range")
	}
	if refused != l.Refused || l.Returns != nil && *l.Returns != (result == 1) {
		p.fault = cmp.Or(p.fault, fmt.Errorf("%s returned %d", l.Op, result))
	}
}

func (p *player) run() {
	for records := p.core.Poll(); len(records) > 0; records = p.core.Poll() {
		for _, record := range records {
			p.hear(p.names[record.Socket], record)
		}
	}
}

func (p *player) hear(name string, r core.Record) {
	switch r.Kind {
	case core.Messages:
		p.stopped = false
		whole := p.core.Deliver(r, func(payload []byte) bool {
			p.say(name, "message", payload)
			return !p.stopped
		})
		if whole {
			p.say(name, "messages", nil)
		}
	case core.Data:
		p.say(name, "data", p.core.Bytes[r.A:r.A+r.B])
	case core.Flush:
		sent := bytes.Join(p.core.Gather(r.Socket), nil)
		p.inFlight[name] = len(sent)
		p.said.of(name).wire = append(p.said.of(name).wire, sent...)
	case core.Error:
		p.say(name, "error "+cmp.Or(failures[r.A], fmt.Sprintf("reason %d", r.A)), nil)
	case core.Close:
		p.say(name, []string{"close", "close clean"}[r.A], nil)
	default:
		if what := events[r.Kind]; what != "" {
			p.say(name, what, nil)
		}
	}
}

// say notes an event, and does what the script does in its handler.
func (p *player) say(name, what string, payload []byte) {
	if p.recorded && what != "messages" { // those are how they were batched
		p.said.add(name, what, payload)
	}
	p.counts[name+" "+what]++
	for _, l := range slices.Clone(p.waiting) {
		if l.Socket == name && l.After[what] == p.counts[name+" "+what] {
			p.waiting = slices.DeleteFunc(p.waiting, func(one line) bool { return one.number == l.number })
			p.act(l, l.bytes())
		}
	}
}
