#![no_main]
//! See [`holdfast_fuzz::key`].

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    holdfast_fuzz::key(data);
});
