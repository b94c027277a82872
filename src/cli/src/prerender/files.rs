//! Files of the site: written only when they change, named by what is in them, and compressed beside themselves.
//!
//! It knows nothing of lessons or pages.

use std::fs;
use std::hash::Hasher as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::Problem;

/// What is sent as text, or nearly so: everything else here is compressed already.
const COMPRESSED: [&str; 9] = ["html", "css", "js", "wasm", "svg", "txt", "xml", "json", "webmanifest"];

/// Below this many bytes a compressed copy saves no packet.
const WORTH_COMPRESSING: usize = 256;

/// Reads a text file.
pub(super) fn read(path: &Path) -> Result<String, Problem> {
    fs::read_to_string(path).map_err(|source| Problem::io(path, source))
}

/// Writes a file if it is new or differs, and drops the compressed copies of what it replaces.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), Problem> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|source| Problem::io(folder, source))?;
    }
    fs::write(path, content).map_err(|source| Problem::io(path, source))?;
    for sidecar in sidecars(path) {
        remove(&sidecar)?;
    }
    Ok(())
}

/// Removes a file, if it is there.
pub(super) fn remove(path: &Path) -> Result<(), Problem> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Problem::io(path, source)),
        _ => Ok(()),
    }
}

/// Removes a file and its compressed copies.
pub(super) fn remove_all(path: &Path) -> Result<(), Problem> {
    sidecars(path).iter().try_for_each(|sidecar| remove(sidecar))?;
    remove(path)
}

/// Sixteen hexadecimal digits that change when the content does. They guard caches, not secrets.
pub(super) fn digest(content: &[u8]) -> String {
    let mut digest = sim::Digest::default();
    digest.write(content);
    format!("{:016x}", digest.finish())
}

/// Every file under a folder, in order of path.
pub(super) fn walk(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|source| Problem::io(&folder, source))? {
            let path = entry.map_err(|source| Problem::io(&folder, source))?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

/// Puts a `.br` and a `.gz` beside every file that gains by it and does not have them yet.
pub(super) fn compress(folder: &Path) -> Result<(), Problem> {
    let due: Vec<PathBuf> = walk(folder)?
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| COMPRESSED.iter().any(|known| e == *known)))
        .filter(|path| sidecars(path).iter().any(|sidecar| !sidecar.exists()))
        .collect();
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, usize::from).min(due.len());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|_| {
                scope.spawn(|| {
                    while let Some(path) = due.get(next.fetch_add(1, Ordering::Relaxed)) {
                        compress_one(path)?;
                    }
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("compressing does not panic"))
    })
}

fn compress_one(path: &Path) -> Result<(), Problem> {
    let content = fs::read(path).map_err(|source| Problem::io(path, source))?;
    if content.len() < WORTH_COMPRESSING {
        return Ok(());
    }
    let [br, gz] = sidecars(path);
    fs::write(&br, brotli(&content)).map_err(|source| Problem::io(&br, source))?;
    fs::write(&gz, gzip(&content)).map_err(|source| Problem::io(&gz, source))
}

/// Brotli at its slowest and smallest.
pub(super) fn brotli(content: &[u8]) -> Vec<u8> {
    let params =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 24, size_hint: content.len(), ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut packed, &params).expect("writing to memory does not fail");
    packed
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).and_then(|()| encoder.finish()).expect("writing to memory does not fail")
}

fn sidecars(path: &Path) -> [PathBuf; 2] {
    [".br", ".gz"].map(|suffix| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_loses_its_stale_compressed_copies() {
        let folder = tempfile::tempdir().unwrap();
        let page = folder.path().join("index.html");
        write(&page, "a".repeat(1000).as_bytes()).unwrap();
        compress(folder.path()).unwrap();
        let packed = fs::read(folder.path().join("index.html.br")).unwrap();

        write(&page, "b".repeat(1000).as_bytes()).unwrap();
        assert!(!folder.path().join("index.html.br").exists());
        compress(folder.path()).unwrap();
        assert_ne!(fs::read(folder.path().join("index.html.br")).unwrap(), packed);
    }

    #[test]
    fn a_compressed_copy_unpacks_to_the_file() {
        let text = "The same line again and again.\n".repeat(40);
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &brotli(text.as_bytes())[..], &mut unpacked).unwrap();
        assert_eq!(unpacked, text.as_bytes());
    }

    #[test]
    fn pictures_and_fonts_get_no_compressed_copies() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("serif.woff2"), &[7; 4000]).unwrap();
        compress(folder.path()).unwrap();
        assert_eq!(walk(folder.path()).unwrap().len(), 1);
    }
}
