//! How karat was called: by a user as a program of its own, or by another program, such as the
//! interpreter of the Python package, which passes the words on.

use std::env;
use std::ffi::OsString;
use std::io;
use std::process::Command;
use std::sync::OnceLock;

static CALL: OnceLock<Call> = OnceLock::new();

/// The words of a call that another program passes on.
struct Call {
    words: Vec<OsString>,
    program: Vec<OsString>,
}

/// Sets what another program passes on. Only the first call of this function has an effect.
pub(super) fn set(words: Vec<OsString>, program: Vec<OsString>) {
    let _ = CALL.set(Call { words, program });
}

/// Returns the words that the user typed, of which the first is the name of the program.
pub(super) fn words() -> Vec<OsString> {
    CALL.get().map_or_else(|| env::args_os().collect(), |call| call.words.clone())
}

/// Returns a command that starts karat again, without arguments.
pub(super) fn again() -> io::Result<Command> {
    match CALL.get().and_then(|call| call.program.split_first()) {
        Some((program, first)) => {
            let mut command = Command::new(program);
            command.args(first);
            Ok(command)
        }
        None => env::current_exe().map(Command::new),
    }
}
