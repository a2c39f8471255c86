//! Prints the window's TypeScript types: `make bindings` writes them to `ui/src/lib/bindings.ts`.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

fn main() {
    print!("{}", holdfast_app::typescript());
}
