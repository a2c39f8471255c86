#![no_main]
//! See [`holdfast_fuzz::wire`].

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    holdfast_fuzz::wire(data);
});
