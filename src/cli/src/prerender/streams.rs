//! Takes out of the linked WASM what Leptos brings for the streams of server functions, which nothing here calls.
//!
//! They are exports, so the linker keeps them, with all that they reach. Whoever parts or binds the WASM afterwards
//! drops what nothing names any more.

use wasm_encoder::{CustomSection, ExportKind, ExportSection, Module, RawSection};
use wasmparser::{ExternalKind, Parser, Payload};

use super::Problem;

/// The section in which wasm-bindgen's macros leave word of themselves to its command.
const BINDGEN: &str = "__wasm_bindgen_unstable";
/// Part of every exported name of the streams, in lower case: they are called `IntoUnderlyingSource` and the like.
const STREAMS: &str = "intounderlying";

/// The same WASM without those exports. Its sections keep their order, so that relocations still fit.
pub(super) fn without(wasm: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(damaged)? {
            Payload::ExportSection(exports) => {
                let mut kept = ExportSection::new();
                for export in exports {
                    let export = export.map_err(damaged)?;
                    if !export.name.contains(STREAMS) {
                        kept.export(export.name, kind(export.kind), export.index);
                    }
                }
                module.section(&kept);
            }
            Payload::CustomSection(section) if section.name() == BINDGEN => {
                let data = without_programs(section.data()).ok_or_else(|| {
                    Problem::Shell(format!("the section {BINDGEN} of the page's code is not as it was expected"))
                })?;
                module.section(&CustomSection { name: BINDGEN.into(), data: data.into() });
            }
            other => {
                if let Some((id, range)) = other.as_section() {
                    let place = |at: u64| usize::try_from(at).unwrap_or(wasm.len());
                    module.section(&RawSection { id, data: &wasm[place(range.start)..place(range.end)] });
                }
            }
        }
    }
    Ok(module.finish())
}

/// The section's programs but for those of the streams. Each is its version and itself, both led by their length.
fn without_programs(section: &[u8]) -> Option<Vec<u8>> {
    let (mut kept, mut rest) = (Vec::with_capacity(section.len()), section);
    while !rest.is_empty() {
        let whole = rest;
        let (_version, behind) = chunk(rest)?;
        let (program, behind) = chunk(behind)?;
        rest = behind;
        if !program.to_ascii_lowercase().windows(STREAMS.len()).any(|part| part == STREAMS.as_bytes()) {
            kept.extend_from_slice(&whole[..whole.len() - rest.len()]);
        }
    }
    Some(kept)
}

/// What stands behind its length, and what comes after it.
fn chunk(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}

fn kind(kind: ExternalKind) -> ExportKind {
    match kind {
        ExternalKind::Func | ExternalKind::FuncExact => ExportKind::Func,
        ExternalKind::Table => ExportKind::Table,
        ExternalKind::Memory => ExportKind::Memory,
        ExternalKind::Global => ExportKind::Global,
        ExternalKind::Tag => ExportKind::Tag,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
fn damaged(why: wasmparser::BinaryReaderError) -> Problem {
    Problem::Shell(format!("the page's code can't be read: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{CodeSection, Function, FunctionSection, Instruction, TypeSection};

    fn programs(all: &[&str]) -> Vec<u8> {
        let led = |text: &str| [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
        all.iter().flat_map(|program| [led("version"), led(program)].concat()).collect()
    }

    /// A module with one function, under two names.
    fn sample() -> Vec<u8> {
        let (mut types, mut functions, mut exports, mut code) =
            (TypeSection::new(), FunctionSection::new(), ExportSection::new(), CodeSection::new());
        types.ty().function([], []);
        functions.function(0);
        exports.export("mount_lab", ExportKind::Func, 0).export("intounderlyingsink_abort_1", ExportKind::Func, 0);
        let mut body = Function::new([]);
        body.instruction(&Instruction::End);
        code.function(&body);
        let data = programs(&["mount_lab", "IntoUnderlyingSink abort"]);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&exports).section(&code);
        module.section(&CustomSection { name: BINDGEN.into(), data: data.into() });
        module.finish()
    }

    #[test]
    fn the_streams_are_gone_and_all_else_is_as_it_was() {
        let slim = without(&sample()).unwrap();
        assert!(!slim.to_ascii_lowercase().windows(STREAMS.len()).any(|part| part == STREAMS.as_bytes()));
        let ids = |wasm: &[u8]| -> Vec<u8> {
            let sections = Parser::new(0).parse_all(wasm).filter_map(|payload| payload.unwrap().as_section());
            sections.map(|(id, _)| id).collect()
        };
        assert_eq!(ids(&slim), ids(&sample()));
        assert_eq!(without(&slim).unwrap(), slim);
    }

    #[test]
    fn programs_are_kept_whole_or_not_at_all() {
        let section = programs(&["a", "IntoUnderlyingSource", "b"]);
        assert_eq!(without_programs(&section), Some(programs(&["a", "b"])));
        assert_eq!(without_programs(&section[..section.len() - 1]), None);
        assert_eq!(without_programs(b""), Some(Vec::new()));
    }
}
