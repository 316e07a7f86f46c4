// How scripts write framings, as words of set_framing.

package vectors

import (
	"cmp"
	"encoding/binary"
)

type framing struct {
	Type       string   `json:"type"`
	Size       uint32   `json:"size"`
	Bytes      uint32   `json:"bytes"`
	Endian     string   `json:"endian"`
	Offset     uint32   `json:"offset"`
	Adjust     int32    `json:"adjust"`
	Strip      any      `json:"strip"`
	Most       uint32   `json:"maxMessageBytes"`
	Delimiters []string `json:"delimiters"`
	Keep       bool     `json:"keep"`
	EOL        string   `json:"eol"`
	LastLine   bool     `json:"lastLine"`
}

var kinds = map[string]uint32{
	"fixed": 1, "lengthPrefixed": 2, "varint": 3, "delimited": 4, "lines": 4, "netstring": 5, "slip": 6, "cobs": 7,
	"contentLength": 8,
}

// words are those of set_framing, with the defaults of test/vectors/README.md.
func (f *framing) words() []uint32 {
	if f == nil {
		return nil
	}
	words := []uint32{kinds[f.Type], 0, f.Most, f.Size + f.Offset, f.Bytes, uint32(f.Adjust), 0, 0}
	for i, flag := range []bool{f.Endian == "little", f.Keep, f.LastLine} {
		if flag {
			words[1] |= 1 << i
		}
	}
	if f.Strip != nil {
		words[6] = number(f.Strip)
	} else if f.Offset == 0 {
		words[6] = max(f.Bytes, 1)
	}
	delimiters := f.Delimiters
	if f.Type == "lines" {
		delimiters = []string{cmp.Or(f.EOL, "\r\n")}
	}
	words[7] = uint32(len(delimiters))
	for _, delimiter := range delimiters {
		var padded [16]byte
		words = append(words, uint32(copy(padded[:], latin1(delimiter))))
		for at := 0; at < len(padded); at += 4 {
			words = append(words, binary.LittleEndian.Uint32(padded[at:]))
		}
	}
	return words
}
