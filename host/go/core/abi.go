// The numbers of docs/abi.md that a host needs.

package core

const (
	abiMajor = 1
	magic    = 0x534e4153
)

// Roles of a socket.
const (
	Client = iota
	Accepted
	Listener
)

// Why a call was refused. What is below these makes a payload no message.
const (
	ErrArg   = -1
	ErrStale = -2
	ErrState = -3
	ErrBusy  = -4
	ErrNoMem = -5
	ErrLimit = -6
)

// Events, for the app.
const (
	Open uint32 = iota + 1
	Data
	Messages
	Drain
	End
	Error
	Close
	Connect
	Secure
)

// Orders, for the host.
const (
	Flush uint32 = iota + 16
	Pause
	Resume
	Finish
	Destroy
	StartTLS
	Timer
)

// Released says that a handle is dead.
const Released = 31

// NoLimit is for options that have a limit.
const NoLimit = 0xffffffff

// Words of the control block.
const (
	controlMagic       = 0
	controlWindow      = 2
	controlWindowBytes = 3
	controlRecords     = 5
	controlIov         = 7
	controlScratch     = 15
	controlInterrupted = 18
	controlEncodes     = 19
	controlEncoded     = 20
)
