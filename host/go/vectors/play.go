// Scripts from a stream, a line of answer for each.

package vectors

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"sansock/core"
)

var features = []string{"batch", "framing", "memory"}

// Play reads scripts, one after the other, and prints the digest of each.
func Play(module *core.Module, in io.Reader, out io.Writer) error {
	decoder := json.NewDecoder(in)
	var header line
	var lines []line
	for {
		var next line
		err := decoder.Decode(&next)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if (err != nil || next.Sansock != 0) && header.Sansock != 0 {
			fmt.Fprintln(out, header.ID, playOne(module, header, lines))
		}
		if err != nil {
			return nil
		}
		if next.Sansock != 0 {
			header, lines = next, nil
		} else if next.Op != "" {
			next.number = len(lines)
			lines = append(lines, next)
		}
	}
}

func playOne(module *core.Module, header line, lines []line) (digest string) {
	lacking := slices.DeleteFunc(header.Requires, func(f string) bool { return slices.Contains(features, f) })
	if len(lacking) > 0 {
		return "skip " + strings.Join(lacking, ", ")
	}
	defer func() {
		if trap := recover(); trap != nil {
			first, _, _ := strings.Cut(fmt.Sprint(trap), "\n") // without the wasm stack
			digest = "error " + first
		}
	}()
	p, err := newPlayer(module, header)
	if err != nil {
		return fmt.Sprintf("error %v", err)
	}
	defer p.core.Free()
	digest, err = p.play(lines)
	if err != nil {
		return fmt.Sprintf("error %v", err)
	}
	return digest
}
