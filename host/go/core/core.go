// Package core is the wasm core as Go sees it: its functions, its memory, and what it leaves there.
//
// It knows docs/abi.md and nothing of sockets. A Core belongs to one goroutine. What the caller does
// wrong comes back as a negative number; a trap is a bug of the core, and a panic.
package core

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

var (
	background = context.Background()
	errNoCore  = fmt.Errorf("this is no core of ABI version %d", abiMajor)
)

// Module is the compiled core. Any number of instances can be made of it.
type Module struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
}

// Load compiles a wasm file.
func Load(file string) (*Module, error) {
	wasm, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	runtime := wazero.NewRuntime(background)
	compiled, err := runtime.CompileModule(background, wasm)
	return &Module{runtime, compiled}, err
}

// Core is one instance.
type Core struct {
	module    api.Module
	functions map[string]api.Function
	stack     [3]uint64
	control   uint32
	records   []Record
	external  map[int32][]byte // what the core has no room for, by socket

	// Bytes is the core's memory. It does not move.
	Bytes []byte
	// Window is where the bytes of a read are put before they are reported.
	Window []byte
}

// New makes an instance with the sizes of init: memory, sockets, window; 0 or none for the default.
func (m *Module) New(sizes ...uint32) (*Core, error) {
	config := wazero.NewModuleConfig().WithName("")
	module, err := m.runtime.InstantiateModule(background, m.compiled, config)
	if err != nil {
		return nil, err
	}
	if module.Memory() == nil || module.ExportedFunction("control") == nil {
		return nil, errNoCore
	}
	c := &Core{module: module, functions: map[string]api.Function{}, external: map[int32][]byte{}}
	for name := range module.ExportedFunctionDefinitions() {
		c.functions[name] = module.ExportedFunction(name)
	}
	c.see()
	if c.word(controlMagic) != magic || c.Call("abi_version")>>16 != abiMajor {
		return nil, errNoCore
	}
	if c.Call("init", c.configure(sizes)) != 0 {
		return nil, fmt.Errorf("init refuses %v", sizes)
	}
	c.see() // init is the only call that may move memory
	window := c.word(controlWindow)
	c.Window = c.Bytes[window : window+c.word(controlWindowBytes)]
	return c, nil
}

func (c *Core) see() {
	memory := c.module.Memory()
	c.Bytes, _ = memory.Read(0, memory.Size())
	c.control = uint32(c.Call("control"))
}

// Free gives the instance's memory back.
func (c *Core) Free() {
	_ = c.module.Close(background)
}

// Call calls a function whose parameters and result are i32.
func (c *Core) Call(name string, args ...int32) int32 {
	for i, arg := range args {
		c.stack[i] = api.EncodeI32(arg)
	}
	c.invoke(name)
	return api.DecodeI32(c.stack[0])
}

// callCount calls a function that takes a socket and a count, an f64.
func (c *Core) callCount(name string, socket int32, count int) int32 {
	c.stack[0], c.stack[1] = api.EncodeI32(socket), api.EncodeF64(float64(count))
	c.invoke(name)
	return api.DecodeI32(c.stack[0])
}

// Buffered is how many bytes of a socket wait to be sent, or are on their way to the system.
func (c *Core) Buffered(socket int32) int {
	c.stack[0] = api.EncodeI32(socket)
	c.invoke("buffered_amount")
	return int(api.DecodeF64(c.stack[0]))
}

func (c *Core) invoke(name string) {
	if err := c.functions[name].CallWithStack(background, c.stack[:]); err != nil {
		panic(fmt.Errorf("the core failed in %s: %w", name, err))
	}
}

func (c *Core) word(word uint32) uint32 {
	return c.uint32(c.control + word*4)
}

func (c *Core) uint32(at uint32) uint32 {
	return binary.LittleEndian.Uint32(c.Bytes[at:])
}

// configure writes words for the next call, which is told how many there are.
func (c *Core) configure(words []uint32) int32 {
	at := c.word(controlScratch)
	for i, word := range words {
		binary.LittleEndian.PutUint32(c.Bytes[at+uint32(i)*4:], word)
	}
	return int32(len(words))
}
