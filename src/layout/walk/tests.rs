//! Each test is a few files and a claim: what is a module, and what is reported.

use super::*;
use crate::vfs::{Listing, MemoryVfs, Tables, WithTexts};

/// Scans files below `/r`, a path that ends in `/` being an empty directory and `a -> b` a link. Gives `name path` for each module
/// (packages with a `/` behind the name), and `kind path` for each problem.
fn outcome(files: &[&str], roots: &[(&str, &str)], configure: impl FnOnce(&mut Layout)) -> (Vec<String>, Vec<String>) {
    let mut vfs = MemoryVfs::default();
    for file in files {
        if let Some((link, target)) = file.split_once(" -> ") {
            vfs.link(&format!("/r/{link}").replace("/r/../", "/"), target);
        } else if let Some(dir) = file.strip_suffix('/') {
            vfs.make_dir(&format!("/r/{dir}"));
        } else {
            vfs.write(&format!("/r/{file}").replace("/r/../", "/"), "");
        }
    }
    let mut layout = Layout::default();
    for (dir, namespace) in roots {
        let namespace =
            if namespace.is_empty() { ModuleName::top_level() } else { ModuleName::new(namespace).unwrap() };
        layout.roots.push(Root { dir: format!("/r/{dir}").trim_end_matches('/').to_owned(), namespace });
    }
    configure(&mut layout);
    let (tree, problems) = scan(&WithTexts { files: vfs, texts: Tables }, &layout).unwrap();
    for module in tree.modules() {
        assert_eq!(tree.get(&module.name).as_ref(), Some(&module));
        if !module.path.is_empty() {
            assert_eq!(tree.name_at(&module.path).as_ref(), Some(&module.name), "{}", module.path);
        }
    }
    let short = |path: &str| path.trim_start_matches("/r/").to_owned();
    let modules = tree
        .modules()
        .map(|module| format!("{}{} {}", module.name, if module.is_package { "/" } else { "" }, short(&module.path)));
    let problems = problems.iter().map(|problem| format!("{:?} {}", problem.kind, short(&problem.path)));
    (modules.collect(), problems.collect())
}

macro_rules! scans {
    ($($test:ident: [$($file:expr),*] under [$($root:expr => $namespace:expr),*] $(with $configure:expr)?
        => [$($module:expr),*] but [$($problem:expr),*];)*) => {$(
        #[test]
        fn $test() {
            #[allow(unused_mut, unused_assignments, clippy::allow_attributes, reason = "not every row configures")]
            let mut configure: fn(&mut Layout) = |_| {};
            $(configure = $configure;)?
            let (modules, problems) = outcome(&[$($file),*], &[$(($root, $namespace)),*], configure);
            assert_eq!(modules, [$($module),*] as [&str; _]);
            assert_eq!(problems, [$($problem),*] as [&str; _]);
        }
    )*};
}

scans! {
    names_beyond_ascii: ["größe.py", "数据/表.py", "नमस्ते.py"] under ["" => ""]
        => ["größe größe.py", "नमस्ते नमस्ते.py", "数据/ 数据", "数据.表 数据/表.py"] but [];
    decomposed_names_are_no_modules: ["cafe\u{301}.py", "e\u{301}cole/a.py", "e\u{301}te\u{301}/data.csv", "\u{1112}\u{1161}\u{11ab}.py"] under ["" => ""]
        => [] but ["NotAnIdentifier cafe\u{301}.py", "NotAnIdentifier e\u{301}cole", "NotAnIdentifier \u{1112}\u{1161}\u{11ab}.py"];
    a_composed_name_beside_a_decomposed_one: ["cafe\u{301}.py", "café.py"] under ["" => ""]
        => ["café café.py"] but ["NotAnIdentifier cafe\u{301}.py"];
    full_width_names_are_no_modules: ["ａ.py", "a.py", "ﬁ.py"] under ["" => ""] => ["a a.py"] but ["NotAnIdentifier ﬁ.py", "NotAnIdentifier ａ.py"];
    files_are_modules_in_sorted_order: ["b.py", "a.py", "data.txt", "x.so", "y.pyc"] under ["" => ""]
        => ["a a.py", "b b.py"] but [];
    a_root_stands_for_its_namespace: ["a.py"] under ["" => "my.app"]
        => ["my/ ", "my.app/ /r", "my.app.a a.py"] but [];
    an_empty_root_is_its_namespace: ["x/"] under ["x" => "a.b"] => ["a/ ", "a.b/ x"] but [];
    a_root_s_init_is_the_namespace_s_body: ["__init__.py", "a.py"] under ["" => "app"]
        => ["app/ __init__.py", "app.a a.py"] but [];
    an_init_at_the_top_level_has_no_name: ["__init__.py", "a.py"] under ["" => ""]
        => ["a a.py"] but ["InitWithoutName __init__.py"];
    a_directory_with_init_is_a_package: ["p/__init__.py", "p/a.py"] under ["" => ""]
        => ["p/ p/__init__.py", "p.a p/a.py"] but [];
    an_empty_package_is_one: ["p/__init__.py"] under ["" => ""] => ["p/ p/__init__.py"] but [];
    a_directory_without_init_is_a_namespace: ["p/q/a.py"] under ["" => ""]
        => ["p/ p", "p.q/ p/q", "p.q.a p/q/a.py"] but [];
    a_directory_without_modules_is_nothing: ["p/", "p/q/data.txt", "a.py"] under ["" => ""] => ["a a.py"] but [];
    a_file_beside_its_directory_is_an_explicit_namespace: ["hotel.py", "hotel/pricing.py"] under ["" => ""]
        => ["hotel/ hotel.py", "hotel.pricing hotel/pricing.py"] but [];
    a_file_beside_a_directory_of_data_is_a_module: ["hotel.py", "hotel/rooms.csv", "hotel/more/"] under ["" => ""]
        => ["hotel hotel.py"] but [];
    a_package_wins_over_a_file: ["hotel.py", "hotel/__init__.py", "hotel/x.py"] under ["" => ""]
        => ["hotel/ hotel/__init__.py", "hotel.x hotel/x.py"] but ["Shadowed hotel.py"];
    namespaces_merge_across_roots: ["a/n/x.py", "b/n/y.py"] under ["a" => "", "b" => ""]
        => ["n/ a/n", "n.x a/n/x.py", "n.y b/n/y.py"] but [];
    the_first_root_wins: ["a/u.py", "b/u.py"] under ["b" => "", "a" => ""]
        => ["u b/u.py"] but ["Shadowed a/u.py"];
    the_first_root_wins_in_merged_namespaces: ["a/n/u.py", "b/n/u.py"] under ["a" => "", "b" => ""]
        => ["n/ a/n", "n.u a/n/u.py"] but ["Shadowed b/n/u.py"];
    a_file_in_the_first_root_wins_over_a_package_in_the_second: ["a/u.py", "b/u/__init__.py"] under ["a" => "", "b" => ""]
        => ["u a/u.py"] but ["Shadowed b/u"];
    a_package_hides_directories_in_other_roots: ["a/p/__init__.py", "b/p/x.py", "b/p2/"] under ["a" => "", "b" => ""]
        => ["p/ a/p/__init__.py"] but ["Shadowed b/p"];
    an_explicit_namespace_gathers_directories_of_all_roots: ["a/h/x.py", "b/h.py", "b/h/y.py"] under ["a" => "", "b" => ""]
        => ["h/ b/h.py", "h.x a/h/x.py", "h.y b/h/y.py"] but [];
    two_roots_of_one_namespace: ["a/__init__.py", "b/__init__.py", "b/x.py"] under ["a" => "n", "b" => "n"]
        => ["n/ a/__init__.py", "n.x b/x.py"] but ["Shadowed b/__init__.py"];
    a_root_below_another_s_namespace: ["a/__init__.py", "a/u.py", "lib/v.py"] under ["a" => "app", "lib" => "app.lib"]
        => ["app/ a/__init__.py", "app.u a/u.py", "app.lib/ lib", "app.lib.v lib/v.py"] but [];
    a_root_joins_a_package_of_its_name: ["a/lib/__init__.py", "a/lib/w.py", "lib/v.py"] under ["a" => "app", "lib" => "app.lib"]
        => ["app/ a", "app.lib/ a/lib/__init__.py", "app.lib.v lib/v.py", "app.lib.w a/lib/w.py"] but [];
    a_nested_root_is_not_walked_twice: ["a/x.py", "a/nested/y.py"] under ["a" => "", "a/nested" => ""]
        => ["x a/x.py", "y a/nested/y.py"] but [];
    ignored_entries_are_not_there: ["a.py", "tmp/b.py", "p/test_x.py", "p/y.py"] under ["" => ""]
        with |layout| for glob in ["tmp", "test_*.py"] { layout.rules.ignore.add("ignore", glob).unwrap(); }
        => ["a a.py", "p/ p", "p.y p/y.py"] but [];
    a_namespace_whose_files_are_all_ignored_is_nothing: ["p/q/a.py"] under ["" => ""]
        with |layout| layout.rules.ignore.add("ignore", "p/q/a.py").unwrap()
        => [] but [];
    a_collapsed_directory_adds_no_name: ["models/user.py", "models/concerns/tag.py"] under ["" => ""]
        with |layout| layout.rules.collapse.add("collapse", "models/concerns").unwrap()
        => ["models/ models", "models.tag models/concerns/tag.py", "models.user models/user.py"] but [];
    the_directory_itself_wins_over_a_collapsed_one: ["m/tag.py", "m/c/tag.py"] under ["" => ""]
        with |layout| layout.rules.collapse.add("collapse", "m/c").unwrap()
        => ["m/ m", "m.tag m/tag.py"] but ["Shadowed m/c/tag.py"];
    collapsed_directories_nest: ["a/b/x.py"] under ["" => ""]
        with |layout| layout.rules.collapse.add("collapse", "{a,a/b}").unwrap()
        => ["x a/b/x.py"] but [];
    names_that_python_cannot_write: ["my-file.py", "2.py", "class.py", "ok.py", "a.b.py"] under ["" => ""]
        => ["ok ok.py"]
        but ["NotAnIdentifier 2.py", "NotAnIdentifier a.b.py", "Keyword class.py", "NotAnIdentifier my-file.py"];
    directories_that_python_cannot_write: ["my-app/a.py", "my-data/x.csv", "for/x.py"] under ["" => ""]
        => [] but ["Keyword for", "NotAnIdentifier my-app"];
    hidden_directories_and_caches_are_skipped: [".git/a.py", "__pycache__/b.py", "c.py"] under ["" => ""]
        => ["c c.py"] but [];
    names_that_are_reserved_at_the_top: ["random.py", "p/random.py", "json/x.py"] under ["" => ""]
        with |layout| for name in ["random", "json"] { layout.reserved.insert(name.to_owned(), "the standard library".to_owned()); }
        => ["p/ p", "p.random p/random.py"] but ["ShadowsModule json", "ShadowsModule random.py"];
    names_are_reserved_at_the_top_alone: ["random.py"] under ["" => "app"]
        with |layout| drop(layout.reserved.insert("random".to_owned(), "the standard library".to_owned()))
        => ["app/ /r", "app.random random.py"] but [];
    main_is_a_module_of_a_package_alone: ["__main__.py", "p/__main__.py"] under ["" => ""]
        => ["p/ p", "p.__main__ p/__main__.py"] but [];
    links_are_followed: ["real/a.py", "linked -> /r/real", "b.py -> /r/real/a.py"] under ["" => ""]
        => ["b b.py", "linked/ linked", "linked.a linked/a.py", "real/ real", "real.a real/a.py"] but [];
    a_link_to_a_directory_above_is_a_loop: ["p/a.py", "p/up -> /r/p", "p/top -> /r"] under ["" => ""]
        => ["p/ p", "p.a p/a.py"] but ["LinkLoop p/top", "LinkLoop p/up"];
    links_that_cross_are_a_loop: ["a/x.py", "a/to_b -> /r/b", "b/y.py", "b/to_a -> /r/a"] under ["" => ""]
        => [
            "a/ a", "a.x a/x.py", "a.to_b/ a/to_b", "a.to_b.y a/to_b/y.py",
            "b/ b", "b.y b/y.py", "b.to_a/ b/to_a", "b.to_a.x b/to_a/x.py"
        ] but ["LinkLoop a/to_b/to_a", "LinkLoop b/to_a/to_b"];
    links_below_links_lead_to_what_has_no_name_yet: [
        "a/x.py", "a/to_b -> /r/b", "a/to_c -> /r/c", "b/y.py", "b/to_a -> /r/a", "b/to_c -> /r/c", "c/z.py"
    ] under ["" => ""]
        => [
            "a/ a", "a.x a/x.py", "a.to_b/ a/to_b", "a.to_b.y a/to_b/y.py", "a.to_c/ a/to_c", "a.to_c.z a/to_c/z.py",
            "b/ b", "b.y b/y.py", "b.to_a/ b/to_a", "b.to_a.x b/to_a/x.py", "b.to_c/ b/to_c", "b.to_c.z b/to_c/z.py",
            "c/ c", "c.z c/z.py"
        ] but ["LinkLoop a/to_b/to_a", "RepeatedLink a/to_c", "LinkLoop b/to_a/to_b", "RepeatedLink b/to_c"];
    links_below_links_lead_out_of_the_root: ["a -> /o/a", "../o/a/x.py", "../o/a/b -> /o/b", "../o/a/c -> /o/b", "../o/b/y.py"] under ["" => ""]
        => ["a/ a", "a.x a/x.py", "a.b/ a/b", "a.b.y a/b/y.py", "a.c/ a/c", "a.c.y a/c/y.py"] but [];
    an_ignored_link_is_no_loop: ["p/a.py", "p/up -> /r/p"] under ["" => ""]
        with |layout| layout.rules.ignore.add("ignore", "up").unwrap()
        => ["p/ p", "p.a p/a.py"] but [];
    a_virtual_environment_is_left_out: ["venv/pyvenv.cfg", "venv/lib/x.py", "a.py"] under ["" => ""]
        with |layout| drop(layout.reserved.insert("venv".to_owned(), "the standard library".to_owned()))
        => ["a a.py"] but [];
    a_root_may_be_in_a_virtual_environment: ["pyvenv.cfg", "a.py"] under ["" => ""] => ["a a.py"] but [];
    a_file_that_is_taken_back_in: ["gen/keep.py", "gen/other.py", "tmp/keep.py"] under ["" => ""]
        with |layout| for glob in ["gen/*", "tmp/", "!keep.py"] { layout.rules.ignore.add("ignore", glob).unwrap(); }
        => ["gen/ gen", "gen.keep gen/keep.py"] but [];
    a_broken_link_is_reported: ["a.py -> /nowhere", "data -> /nowhere"] under ["" => ""] => [] but ["BrokenLink a.py"];
    not_ascii_names: ["größe/数.py", "💥.py"] under ["" => ""]
        => ["größe/ größe", "größe.数 größe/数.py"] but ["NotAnIdentifier 💥.py"];
}

#[test]
fn a_root_that_is_gone_is_an_error_and_names_it() {
    let layout = Layout {
        roots: vec![Root { dir: "/gone".to_owned(), namespace: ModuleName::top_level() }],
        ..Layout::default()
    };
    let error = scan(&MemoryVfs::default(), &layout).unwrap_err();
    assert_eq!(error.message, "the root /gone cannot be read: /gone: no such directory");
}

#[test]
fn a_directory_nested_ten_thousand_deep_does_not_overflow() {
    let deep = "d/".repeat(10_000);
    let mut vfs = MemoryVfs::default();
    vfs.write(&format!("/r/{deep}x.py"), "");
    let layout =
        Layout { roots: vec![Root { dir: "/r".to_owned(), namespace: ModuleName::top_level() }], ..Layout::default() };
    let (tree, problems) = scan(&ShallowKinds(vfs), &layout).unwrap();
    assert_eq!((tree.len(), problems.len()), (10_001, 0));
}

/// Lists the chain of directories directly: following a path of 10,000 parts for each of them would be quadratic.
struct ShallowKinds(MemoryVfs);

impl Vfs for ShallowKinds {
    fn read_dir(&self, dir: &str) -> Result<Listing> {
        let mut listing = Listing::default();
        let is_last = dir.len() == "/r".len() + 2 * 10_000;
        if is_last {
            listing.push("x.py", Kind::File);
        } else {
            listing.push("d", Kind::Dir);
        }
        Ok(listing)
    }
    fn kind(&self, path: &str) -> Kind {
        self.0.kind(path)
    }
    fn canonical(&self, path: &str) -> Result<String> {
        self.0.canonical(path)
    }
    fn read(&self, file: &str) -> Result<Vec<u8>> {
        self.0.read(file)
    }
}

#[test]
fn the_links_of_a_tree_are_those_behind_which_there_are_modules() {
    let mut vfs = MemoryVfs::default();
    for file in ["/r/real/a.py", "/o/b.py", "/o/data.csv"] {
        vfs.write(file, "");
    }
    for (link, target) in [
        ("/r/linked", "/r/real"),
        ("/r/out", "/o"),
        ("/r/b.py", "/r/out/b.py"),
        ("/r/data.csv", "/o/data.csv"),
        ("/r/gone.py", "/no"),
    ] {
        vfs.link(link, target);
    }
    let roots = vec![Root { dir: "/r".to_owned(), namespace: ModuleName::top_level() }];
    let (tree, _) = scan(&vfs, &Layout { roots, ..Layout::default() }).unwrap();
    assert_eq!(tree.links, "/r/b.py\0/o/b.py\0/r/linked\0/r/real\0/r/out\0/o\0");
}

#[test]
fn directories_that_all_link_to_each_other_take_a_square_of_them() {
    let count = 12_usize;
    let mut vfs = MemoryVfs::default();
    for from in 0..count {
        vfs.write(&format!("/r/d{from}/m.py"), "");
        for to in (0..count).filter(|to| *to != from) {
            vfs.link(&format!("/r/d{from}/to{to}"), &format!("/r/d{to}"));
        }
    }
    let layout =
        Layout { roots: vec![Root { dir: "/r".to_owned(), namespace: ModuleName::top_level() }], ..Layout::default() };
    let (tree, problems) = scan(&vfs, &layout).unwrap();
    assert_eq!(tree.len(), 2 * count * count);
    let repeated = problems.iter().filter(|problem| problem.kind == crate::ProblemKind::RepeatedLink).count();
    assert_eq!((repeated, problems.len()), (count * (count - 1), 2 * count * (count - 1)));
}
