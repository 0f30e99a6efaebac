//! One suite for every filesystem that runs natively; `tests/js/vfs.test.mjs` puts the same claims to Pyodide's.
#![expect(clippy::disallowed_methods, reason = "the suite prepares a disk")]

use super::*;

/// Files, directories and links; the claims below are about this tree.
const FILES: [(&str, &str); 3] = [("/top.py", "top"), ("/pkg/a.py", "a"), ("/pkg/deep/größe.py", "é")];

fn memory() -> (MemoryVfs, String) {
    let mut vfs: MemoryVfs = FILES.iter().map(|(path, text)| (format!("/t{path}"), *text)).collect();
    vfs.make_dir("/t/empty");
    vfs.link("/t/linked", "/t/pkg");
    vfs.link("/t/loop", "/t");
    vfs.link("/t/broken", "/t/nowhere");
    vfs.link("/t/turning", "/t/turning");
    (vfs, "/t".to_owned())
}

fn disk(test: &str) -> (DiskVfs, String) {
    let top = std::env::temp_dir().join(format!("pyautoload-vfs-{}-{test}", std::process::id()));
    let _ = std::fs::remove_dir_all(&top);
    let top = top.to_str().unwrap().to_owned();
    for (path, text) in FILES {
        let file = format!("{top}{path}");
        std::fs::create_dir_all(Path::new(&file).parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    std::fs::create_dir(format!("{top}/empty")).unwrap();
    for (name, target) in [("linked", "pkg"), ("loop", ""), ("broken", "nowhere"), ("turning", "turning")] {
        std::os::unix::fs::symlink(format!("{top}/{target}"), format!("{top}/{name}")).unwrap();
    }
    let real = DiskVfs.canonical(&top).unwrap();
    (DiskVfs, real)
}

use std::path::Path;

fn names(vfs: &dyn Vfs, dir: &str) -> Vec<(String, Kind)> {
    let listing = vfs.read_dir(dir).unwrap();
    let mut names: Vec<_> = listing.iter().map(|(name, kind)| (name.to_owned(), kind)).collect();
    names.sort_by(|a, b| a.0.cmp(&b.0));
    names
}

macro_rules! conformance {
    ($($test:ident: |$vfs:ident, $top:ident| $claim:block)*) => {
        mod in_memory { use super::*; $(#[test] fn $test() { let ($vfs, $top) = memory(); $claim })* }
        mod on_disk { use super::*; $(#[test] fn $test() { let ($vfs, $top) = disk(stringify!($test)); $claim })* }
    };
}

conformance! {
    lists_each_kind: |vfs, top| {
        let expected = [
            ("broken", Kind::Link), ("empty", Kind::Dir), ("linked", Kind::Link), ("loop", Kind::Link),
            ("pkg", Kind::Dir), ("top.py", Kind::File), ("turning", Kind::Link),
        ];
        assert_eq!(names(&vfs, &top), expected.map(|(name, kind)| (name.to_owned(), kind)));
    }
    lists_nothing_of_an_empty_directory: |vfs, top| {
        assert_eq!(names(&vfs, &join(&top, "empty")), []);
    }
    lists_through_links: |vfs, top| {
        assert_eq!(names(&vfs, &join(&top, "loop/linked/deep")), [("größe.py".to_owned(), Kind::File)]);
    }
    refuses_to_list_what_is_no_directory_and_names_it: |vfs, top| {
        for name in ["top.py", "missing", "broken"] {
            let path = join(&top, name);
            let error = vfs.read_dir(&path).unwrap_err();
            assert!(error.message.contains(&path), "{error}");
        }
    }
    tells_kinds_and_follows_links: |vfs, top| {
        let kinds = [
            ("top.py", Kind::File), ("pkg", Kind::Dir), ("linked", Kind::Dir), ("linked/a.py", Kind::File),
            ("broken", Kind::Other), ("turning", Kind::Other), ("missing", Kind::Other),
        ];
        for (name, kind) in kinds {
            assert_eq!(vfs.kind(&join(&top, name)), kind, "{name}");
        }
    }
    canonical_paths_have_no_links: |vfs, top| {
        assert_eq!(vfs.canonical(&join(&top, "loop/linked/deep")).unwrap(), join(&top, "pkg/deep"));
        assert!(vfs.canonical(&join(&top, "broken")).is_err());
        assert!(vfs.canonical(&join(&top, "turning")).is_err());
    }
    reads_files_and_refuses_the_rest: |vfs, top| {
        assert_eq!(vfs.read(&join(&top, "linked/deep/größe.py")).unwrap(), "é".as_bytes());
        for name in ["pkg", "missing", "broken"] {
            let path = join(&top, name);
            assert!(vfs.read(&path).unwrap_err().message.contains(&path));
        }
    }
}

fn read(text: &str) -> Listing {
    Listing::read(text.to_owned(), "/app", &mut Ahead::default())
}

#[test]
fn a_listing_from_a_host_keeps_what_it_understands() {
    let listing = read("fa.py/größe.py//dpkg//?odd//llinked/broken//o/fcut.py/cut");
    let entries: Vec<_> = listing.iter().collect();
    let expected = [
        ("a.py", Kind::File),
        ("größe.py", Kind::File),
        ("pkg", Kind::Dir),
        ("linked", Kind::Link),
        ("broken", Kind::Link),
        ("cut.py", Kind::File),
    ];
    assert_eq!(entries, expected);
}

/// A host that has more at hand than it is asked for.
struct Generous;

impl Host for Generous {
    fn read_dir(&self, dir: &str) -> Result<Vec<u8>> {
        Ok(match dir {
            "/app" => "fa.py//dempty/models/odd//pempty//pmodels//fuser.py//ddeep//pmodels/deep//fpath.py//podd//",
            "/odd" => return Ok(b"f\xff.py//".to_vec()),
            _ => "",
        }
        .into())
    }

    fn kind(&self, _: &str) -> Result<String> {
        Ok("d".to_owned())
    }

    fn canonical(&self, path: &str) -> Result<String> {
        Ok(path.to_owned())
    }

    fn read(&self, file: &str) -> Result<Vec<u8>> {
        Err(crate::error::Error::filesystem(format!("{file}: no such file")))
    }

    /// The second of three files is to be asked for by itself, and the answer ends within the third.
    fn read_files(&self, _: &str, _: &str) -> Result<Vec<u8>> {
        let entries = [[0, 0, 7, 2, 60], [0, 0, 0, 2, 60], [0, 0, 8, 9, 62]];
        let entries = entries.as_flattened().iter().flat_map(|number: &u32| number.to_le_bytes());
        Ok(entries.chain(*b"hicut").collect())
    }
}

#[test]
fn a_host_may_list_ahead() {
    let mut ahead = Ahead::default();
    let listing = HostVfs(Generous).read_ahead("/app", &mut ahead).unwrap();
    let shown = |listing: &Listing| listing.iter().map(|(name, kind)| format!("{name} {kind:?}")).collect::<Vec<_>>();
    assert_eq!(shown(&listing), ["a.py File", "empty Dir", "models Dir", "odd Dir"]);
    let mut ahead: Vec<_> = ahead.iter().map(|(path, listing)| (path.as_str(), shown(listing))).collect();
    ahead.sort_unstable();
    let expected = [
        ("/app/empty", vec![]),
        ("/app/models", vec!["user.py File", "deep Dir"]),
        ("/app/models/deep", vec!["path.py File"]),
        ("/app/odd", vec![]),
    ];
    let expected = expected.map(|(path, names)| (path, names.into_iter().map(str::to_owned).collect()));
    assert_eq!(ahead, expected);
}

#[test]
fn a_listing_that_is_no_text_is_refused() {
    assert_eq!(HostVfs(Generous).read_dir("/odd").unwrap_err().message, "/odd: the host's listing is not UTF-8");
}

#[test]
fn files_that_a_host_leaves_out_are_asked_for_one_by_one() {
    let read = HostVfs(Generous).read_files("/app", &["a.py", "link.py", "late.py"]);
    let shown: Vec<String> = read
        .into_iter()
        .map(|read| read.map_or_else(|error| error.message, |bytes| String::from_utf8(bytes).unwrap()))
        .collect();
    assert_eq!(shown, ["hi", "/app/link.py: no such file", "/app/late.py: no such file"]);
}
