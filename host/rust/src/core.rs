//! The core as Rust sees it: its functions by their names, its memory, its tables. Knows the numbers of
//! docs/abi.md and does no I/O. A trap is an `Err`, and then the core is not to be called again; what it
//! refuses is a negative number.

use std::collections::VecDeque;
use std::ops::Range;

use crate::numbers::Control;
use wasmi::{Engine, Instance, Memory, Module, Store, TypedFunc};

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
/// What stays with the host for a socket, from the first byte not sent.
pub type Outside = VecDeque<u8>;

const MAGIC: u32 = u32::from_le_bytes(*b"SANS");
const ABI_MAJOR: u32 = 1;

macro_rules! functions {
    ($($name:ident($($word:ident: $type:ty),*);)*) => {
        struct Functions { $($name: TypedFunc<($($type,)*), i32>,)* }

        impl Functions {
            fn of(instance: &Instance, store: &Store<()>) -> Result<Self> {
                Ok(Self { $($name: instance.get_typed_func(store, stringify!($name))?,)* })
            }
        }

        impl Core {
            $(pub fn $name(&mut self, $($word: $type),*) -> Result<i32> {
                Ok(self.functions.$name.call(&mut self.store, ($($word,)*))?)
            })*
        }
    };
}

functions! {
    init(words: i32); open(role: i32, parent: i32, words: i32); poll(events: i32);
    connected(socket: i32); secured(socket: i32); received(socket: i32, count: i32);
    sent(socket: i32, count: i32); ended(socket: i32); failed(socket: i32, reason: i32);
    closed(socket: i32); expired(socket: i32, kind: i32); gather(socket: i32);
    reserve(socket: i32, length: i32); commit(socket: i32, length: i32);
    send_external(socket: i32, length: f64); suspend(socket: i32); resume(socket: i32);
    claim(socket: i32, wanted: i32); close(socket: i32); abort(socket: i32); half_close(socket: i32);
    upgrade(socket: i32); set_framing(socket: i32, words: i32); delivered(socket: i32, count: i32);
    encode_begin(socket: i32, length: f64); encode_part(socket: i32, count: i32);
    encode_end(socket: i32);
}

pub struct Core {
    store: Store<()>,
    memory: Memory,
    block: usize,
    functions: Functions,
}

impl Core {
    /// `sizes`: memory, sockets, window; 0 for the default.
    pub fn new(module: &Module, sizes: [u32; 3]) -> Result<Self> {
        let mut store = Store::new(module.engine(), ());
        let instance = Instance::new(&mut store, module, &[])?;
        let memory = instance.get_memory(&store, "memory").ok_or("no memory")?;
        let functions = Functions::of(&instance, &store)?;
        let control = instance.get_typed_func::<(), i32>(&store, "control")?;
        let block = control.call(&mut store, ())? as usize; // it never moves
        let mut core = Self { store, memory, block, functions };
        if core.word(Control::Magic) != MAGIC {
            return Err("this is not the core of sansock".into());
        }
        let major = core.word(Control::Abi) >> 16;
        if major != ABI_MAJOR {
            return Err(format!("this core has the ABI {major}, not {ABI_MAJOR}").into());
        }
        let words = core.configure(&sizes);
        match core.init(words)? {
            0 => Ok(core),
            refusal => Err(format!("the core cannot begin with these sizes ({refusal})").into()),
        }
    }

    pub fn module(path: &str) -> Result<Module> {
        let bytes = std::fs::read(path).map_err(|error| format!("{path}: {error}"))?;
        Ok(Module::new(&Engine::default(), bytes)?)
    }

    pub fn bytes(&self) -> &[u8] {
        self.memory.data(&self.store)
    }

    pub fn bytes_mut(&mut self) -> &mut [u8] {
        self.memory.data_mut(&mut self.store)
    }

    pub fn word(&self, word: Control) -> u32 {
        let [word] = self.words(self.block + word as usize * 4);
        word
    }

    /// Where bytes are read to.
    pub fn window(&self) -> Range<usize> {
        let start = self.word(Control::Window) as usize;
        start..start + self.word(Control::WindowBytes) as usize
    }

    pub fn write(&mut self, address: usize, bytes: &[u8]) {
        self.bytes_mut()[address..address + bytes.len()].copy_from_slice(bytes);
    }

    /// Writes configuration words where the core looks for them; how many there are.
    pub fn configure(&mut self, words: &[u32]) -> i32 {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.write(self.word(Control::Scratch) as usize, &bytes);
        words.len() as i32
    }
}
