//! cutset
fn main() {}
