// Four programs on the core: an echo server, a client, a relay, and the conformance scripts.
//
//	sansock serve [port] | send PORT COUNT | relay PORT | vectors
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"sansock/core"
	"sansock/tcp"
	"sansock/vectors"
)

const (
	patience  = 60 * time.Second
	lastWords = time.Second
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	module, err := core.Load(file())
	if err != nil {
		return err
	}
	if len(args) == 1 && args[0] == "vectors" {
		return vectors.Play(module, os.Stdin, os.Stdout)
	}
	engine, err := module.New()
	if err != nil {
		return err
	}
	loop := tcp.NewLoop(engine)
	numbers := make([]int, 0, 2)
	for _, arg := range args[min(1, len(args)):] {
		number, err := strconv.Atoi(arg)
		if err != nil {
			return err
		}
		numbers = append(numbers, number)
	}
	switch {
	case len(args) == 1 && args[0] == "serve":
		return serve(loop, 0)
	case len(args) == 2 && args[0] == "serve":
		return serve(loop, numbers[0])
	case len(args) == 3 && args[0] == "send":
		return send(loop, numbers[0], numbers[1])
	case len(args) == 2 && args[0] == "relay":
		return pass(loop, numbers[0])
	}
	return fmt.Errorf("sansock serve [port] | send PORT COUNT | relay PORT | vectors")
}

// file is what $SANSOCK_CORE names, or build/core.wasm beside build/hosts/go/sansock.
func file() string {
	if file := os.Getenv("SANSOCK_CORE"); file != "" {
		return file
	}
	program, _ := os.Executable()
	return filepath.Join(filepath.Dir(program), "..", "..", "core.wasm")
}

// serve sends every message back, until standard input ends.
func serve(loop *tcp.Loop, port int) error {
	_, port, err := loop.Listen(port, echo{}, config)
	if err != nil {
		return err
	}
	fmt.Println("listening", port)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		loop.Do(func() { askAll(loop, "close") })
		time.Sleep(lastWords)
		loop.Do(func() { askAll(loop, "abort") }) // who does not read
	}()
	loop.Run()
	return nil
}

func askAll(loop *tcp.Loop, command string) {
	loop.All(func(c *tcp.Conn) { c.Ask(command) })
}

// send sends messages, and says what came back and how fast.
func send(loop *tcp.Loop, port, count int) error {
	program := newClient(count)
	if _, err := loop.Connect(port, program, config); err != nil {
		return err
	}
	time.AfterFunc(patience, func() {
		loop.Do(func() {
			program.err = fmt.Errorf("%d echoes after %v", program.back, patience)
			askAll(loop, "abort")
		})
	})
	loop.Run()
	if program.err != nil {
		return program.err
	}
	rate := float64(count) / max(program.elapsed.Seconds(), 1e-9)
	fmt.Printf("%d messages, sha256 %x, %.0f messages/s\n", count, program.hash.Sum(nil), rate)
	return nil
}

// pass accepts one connection and passes its messages on to a port.
func pass(loop *tcp.Loop, next int) error {
	program := &relay{loop: loop, port: next, other: map[*tcp.Conn]*tcp.Conn{}}
	listener, port, err := loop.Listen(0, program, config)
	if err != nil {
		return err
	}
	program.listener = listener
	fmt.Println("listening", port)
	loop.Run()
	return program.err
}
