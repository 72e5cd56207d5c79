//! The binary `offboard`. Everything it does is in the library beside it.

fn main() -> std::process::ExitCode {
    offboard_cli::main()
}
