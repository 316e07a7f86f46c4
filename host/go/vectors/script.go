// How scripts write operations, bytes and options.

package vectors

import (
	"bytes"
	"encoding/hex"
	"strings"

	"sansock/core"
)

// written is how a script writes bytes.
type written struct {
	Hex   *string   `json:"hex"`
	Text  *string   `json:"text"`
	Rep   []any     `json:"rep"`
	Parts []written `json:"parts"`
}

// line is a line of a script: its header, or an operation. Expectations have other keys.
type line struct {
	written
	Sansock  int               `json:"sansock"`
	ID       string            `json:"id"`
	Requires []string          `json:"requires"`
	Engine   map[string]uint32 `json:"engine"`

	Op       string         `json:"op"`
	Socket   string         `json:"s"`
	Role     string         `json:"role"`
	Parent   string         `json:"parent"`
	Up       bool           `json:"up"`
	Options  map[string]any `json:"options"`
	Framing  *framing       `json:"framing"`
	N        any            `json:"n"`
	Reason   string         `json:"reason"`
	Timer    string         `json:"timer"`
	External bool           `json:"external"`
	Refused  string         `json:"refused"`
	Returns  *bool          `json:"returns"`
	After    map[string]int `json:"after"`
	Turn     *bool          `json:"turn"`
	Pieces   []int          `json:"pieces"`
	number   int
}

var (
	roles   = map[string]int32{"client": core.Client, "accepted": core.Accepted, "listener": core.Listener}
	timers  = map[string]int32{"connect": 1, "idle": 2, "linger": 3, "handshake": 4}
	reasons = map[string]int32{
		"refused": 1, "timedOut": 2, "notFound": 3, "interrupted": 4, "reset": 5, "network": 6, "address": 11,
		"plaintextLeft": 16, "tls": 19, "certificate": 20,
	}
	failures = map[uint32]string{
		1: "refused", 2: "timedOut", 3: "notFound", 4: "interrupted", 5: "reset", 6: "network", 7: "engineMemory",
		9: "connectTimeout", 10: "idleTimeout", 11: "address", 12: "tooLong", 13: "tooLong", 14: "malformed",
		15: "incomplete", 16: "plaintextLeft", 17: "batchUnsettled", 18: "handshakeTimeout", 19: "tls",
		20: "certificate",
	}
	refusals = map[int32]string{
		core.ErrArg: "arg", core.ErrStale: "stale", core.ErrState: "state", core.ErrBusy: "busy",
		core.ErrNoMem: "memory", core.ErrLimit: "limit",
	}
	options = []string{
		"highWaterMark", "lowWaterMark", "maxBufferedAmount", "allowHalfOpen", "connectTimeout", "idleTimeout",
		"maxConnections", "maxReceiveBytes", "handshakeTimeout",
	}
)

func (w written) bytes() []byte {
	switch {
	case w.Hex != nil:
		decoded, _ := hex.DecodeString(strings.ReplaceAll(*w.Hex, " ", ""))
		return decoded
	case w.Text != nil:
		return latin1(*w.Text)
	case w.Rep != nil:
		unit := w.Rep[0].(string)
		return bytes.Repeat(written{Hex: &unit}.bytes(), int(w.Rep[1].(float64)))
	}
	all := []byte{}
	for _, part := range w.Parts {
		all = append(all, part.bytes()...)
	}
	return all
}

func latin1(text string) []byte {
	all := []byte{}
	for _, char := range text {
		all = append(all, byte(char))
	}
	return all
}

func optionWords(given map[string]any) []uint32 {
	words := []uint32{65536, 0, core.NoLimit, 0, 0, 0, core.NoLimit, 0, 0}
	for i, name := range options {
		if value, found := given[name]; found {
			words[i] = number(value)
		}
	}
	if given["secure"] == true {
		words[3] |= 2
	}
	return words
}

// number is that of JSON; true is 1.
func number(value any) uint32 {
	if value == true {
		return 1
	}
	count, _ := value.(float64)
	return uint32(count)
}

// split calls a function for each piece; the last size given holds for the rest.
func (l line) split(length int, each func(begin, end int)) {
	sizes := l.Pieces
	if sizes == nil {
		sizes = []int{16384}
	}
	for begin, index := 0, 0; ; index++ {
		end := min(length, begin+sizes[min(index, len(sizes)-1)])
		each(begin, end)
		if begin = end; end == length {
			return
		}
	}
}
