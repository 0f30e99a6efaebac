//! Each test is a few files and the edges that they make.

use super::*;
use crate::graph::files::ReadFile;
use crate::imports::source::Source;
use crate::layout::walk::{Layout, Root, scan};
use crate::vfs::{MemoryVfs, NoTexts};

struct Project {
    tree: Tree,
    files: Files,
    observed: BTreeSet<Observation>,
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let vfs: MemoryVfs = files.iter().map(|(path, source)| (format!("/r/{path}"), *source)).collect();
        let root = Root { dir: "/r".to_owned(), namespace: ModuleName::new("app").unwrap() };
        let (tree, _) = scan(&vfs, &Layout { roots: vec![root], ..Layout::default() }).unwrap();
        let mut project = Self { tree, files: Files::default(), observed: BTreeSet::new() };
        for (path, source) in files {
            project.write(path, source);
        }
        project
    }

    fn write(&mut self, path: &str, source: &str) {
        let path = format!("/r/{path}");
        let modules = Modules::of(&self.tree);
        let module = modules.ids().find(|id| modules.at(*id).path == path).unwrap();
        self.files.insert(path, ReadFile::read(&Source::new(source).unwrap(), &NoTexts, &modules, module, true));
    }

    fn graph(&self) -> Graph {
        Graph::build(Modules::of(&self.tree), &self.tree, &Inflector::default(), &self.files, &self.observed)
    }
}

fn graph(files: &[(&str, &str)]) -> Graph {
    Project::new(files).graph()
}

/// The edges but for those to parents: `importer -kind line-> imported names`.
fn shown(edges: &[Edge]) -> Vec<String> {
    let edges = edges.iter().filter(|edge| edge.kind != EdgeKind::Parent);
    let mut shown: Vec<String> = edges
        .map(|edge| {
            let kind = format!("{:?}", edge.kind);
            format!("{} -{kind} {}-> {} {}", edge.importer, edge.line, edge.imported, edge.names.join(","))
        })
        .collect();
    shown.sort();
    shown
}

macro_rules! edges {
    ($($test:ident: [$($file:expr => $source:expr),*] => [$($edge:expr),*];)*) => {$(
        #[test]
        fn $test() {
            let edges = graph(&[$(($file, $source)),*]).view().edges;
            assert_eq!(shown(&edges), [$($edge),*] as [&str; _]);
        }
    )*};
}

edges! {
    an_absolute_import: ["a.py" => "import app.b", "b.py" => ""] => ["app.a -Import 1-> app ", "app.a -Import 1-> app.b "];
    an_import_reaches_all_that_it_names: ["a.py" => "import app.p.q.b", "p/q/b.py" => ""]
        => ["app.a -Import 1-> app ", "app.a -Import 1-> app.p ", "app.a -Import 1-> app.p.q ", "app.a -Import 1-> app.p.q.b "];
    an_attribute_is_the_module_s: ["a.py" => "from app.b import x, y", "b.py" => "x = y = 1"] => ["app.a -Import 1-> app.b x,y"];
    a_submodule_is_an_edge_of_its_own: ["a.py" => "from app.p import b, x", "p/__init__.py" => "x = 1", "p/b.py" => ""]
        => ["app.a -Import 1-> app.p x", "app.a -Import 1-> app.p.b b"];
    a_bound_name_hides_the_submodule: ["a.py" => "from app.p import b", "p/__init__.py" => "b = 1", "p/b.py" => ""]
        => ["app.a -Import 1-> app.p b"];
    a_submodule_that_the_package_imports_is_itself: ["a.py" => "from app.p import b", "p/__init__.py" => "from . import b", "p/b.py" => ""]
        => ["app.a -Import 1-> app.p ", "app.a -Import 1-> app.p.b b", "app.p -Import 1-> app.p.b b"];
    a_camelized_name_is_the_file_s: ["a.py" => "from app.models import User", "models/user.py" => "class User: pass"]
        => ["app.a -Import 1-> app.models ", "app.a -Import 1-> app.models.user User"];
    a_camelized_module: ["a.py" => "import app.Models.User", "models/user.py" => ""]
        => ["app.a -Import 1-> app ", "app.a -Import 1-> app.models ", "app.a -Import 1-> app.models.user "];
    a_class_that_the_package_binds_is_the_package_s: [
        "a.py" => "from app.p import User", "p/__init__.py" => "from .user import User", "p/user.py" => ""
    ] => ["app.a -Import 1-> app.p User", "app.p -Import 1-> app.p.user User"];
    relative_imports: ["p/a.py" => "from . import b\nfrom .b import x\nfrom .. import c\nfrom ..c import y", "p/b.py" => "", "c.py" => ""]
        => [
            "app.p.a -Import 1-> app.p ", "app.p.a -Import 1-> app.p.b b", "app.p.a -Import 2-> app.p.b x",
            "app.p.a -Import 3-> app ", "app.p.a -Import 3-> app.c c", "app.p.a -Import 4-> app.c y"
        ];
    relative_imports_of_a_package_count_from_itself: ["p/__init__.py" => "from . import b\nfrom .. import c", "p/b.py" => "", "c.py" => ""]
        => ["app.p -Import 1-> app.p.b b", "app.p -Import 2-> app ", "app.p -Import 2-> app.c c"];
    a_relative_import_beyond_the_top_is_nothing: ["a.py" => "from ... import x\nfrom ....b import y"] => [];
    a_star: ["a.py" => "from .b import *", "b.py" => ""] => ["app.a -Import 1-> app.b *"];
    imports_that_are_listed_as_lazy: [
        "a.py" => "__lazy_modules__ = ['app.b', \"app.p\"]\nimport app.b\nfrom .b import x\nfrom .p import c, d\nimport app.p.c",
        "b.py" => "", "p/c.py" => ""
    ] => [
            "app.a -Deferred 2-> app ", "app.a -Deferred 2-> app.b ", "app.a -Deferred 3-> app.b x", "app.a -Deferred 4-> app.p d",
            "app.a -Deferred 4-> app.p.c c", "app.a -Import 5-> app ", "app.a -Import 5-> app.p ", "app.a -Import 5-> app.p.c "
        ];
    a_deferred_import: ["a.py" => "def f():\n    from . import b", "b.py" => ""]
        => ["app.a -Deferred 2-> app ", "app.a -Deferred 2-> app.b b"];
    an_import_for_type_checkers: ["a.py" => "if TYPE_CHECKING:\n    from .b import B", "b.py" => ""]
        => ["app.a -TypeChecking 2-> app.b B"];
    foreign_imports_are_none: ["a.py" => "import os, numpy.linalg\nfrom application import x\nfrom app2.b import y"] => [];
    a_missing_module_stops_the_chain: ["a.py" => "import app.missing.deeper"] => ["app.a -Import 1-> app "];
    an_import_of_itself_is_none: ["a.py" => "import app.a\nfrom app import a"] => ["app.a -Import 1-> app ", "app.a -Import 2-> app "];
}

#[test]
fn a_child_depends_on_its_parents() {
    let graph = graph(&[("__init__.py", ""), ("p/__init__.py", ""), ("p/q/a.py", "")]);
    assert_eq!(graph.dependencies("app.p.q.a", true), ["app", "app.p", "app.p.q"]);
    assert_eq!(graph.dependents("app", true), ["app.p", "app.p.q", "app.p.q.a"]);
}

#[test]
fn dependencies_and_dependents_are_direct_or_all() {
    let graph = graph(&[
        ("a.py", "from .b import x"),
        ("b.py", "from .c import x"),
        ("c.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .a import y"),
    ]);
    assert_eq!(graph.dependencies("app.a", false), ["app", "app.b"]);
    assert_eq!(graph.dependencies("app.a", true), ["app", "app.b", "app.c"]);
    assert_eq!(graph.dependents("app.c", false), ["app.b"]);
    assert_eq!(graph.dependents("app.c", true), ["app.a", "app.b"]);
    assert_eq!(graph.dependents("app.missing", true), [] as [&str; 0]);
}

#[test]
fn why_is_the_shortest_chain_with_lines() {
    let graph = graph(&[
        ("a.py", "import os\nfrom .b import x\nfrom .long import x"),
        ("long.py", "from .b import x"),
        ("b.py", "\n\nfrom .c import x"),
        ("c.py", ""),
    ]);
    assert_eq!(shown(&graph.why("app.a", "app.c")), ["app.a -Import 2-> app.b x", "app.b -Import 3-> app.c x"]);
    assert_eq!(graph.why("app.c", "app.a"), []);
    assert_eq!(graph.why("app.a", "app.a"), []);
    assert_eq!(graph.why("app.a", "nowhere"), []);
}

#[test]
fn cycles_are_chains_that_come_back_and_parents_are_none() {
    let graph = graph(&[
        ("__init__.py", "from . import a"),
        ("a.py", "from .b import x"),
        ("b.py", "from .c import x"),
        ("c.py", "def f():\n    from .z import x\nfrom .a import y"),
        ("z.py", "from .c import f"),
    ]);
    let cycles: Vec<Vec<String>> = graph.cycles().iter().map(|cycle| shown(cycle)).collect();
    assert_eq!(
        cycles,
        [["app.a -Import 1-> app.b x", "app.b -Import 1-> app.c x", "app.c -Import 3-> app.a y"].map(str::to_owned)]
    );
}

#[test]
fn what_is_imported_is_loaded_first() {
    let graph = graph(&[
        ("a.py", "from .z import x"),
        ("m.py", "from .p.q import x"),
        ("p/__init__.py", "from .r import x"),
        ("p/q.py", ""),
        ("p/r.py", "def f():\n    from app import a"),
        ("z.py", "import app.m"),
    ]);
    let order = graph.load_order();
    assert_eq!(order, ["app", "app.p", "app.p.r", "app.p.q", "app.m", "app.z", "app.a"]);
}

#[test]
fn observed_imports_are_edges_where_the_source_has_none() {
    let mut project = Project::new(&[("a.py", "from .b import x"), ("b.py", ""), ("c.py", "")]);
    let seen = |imported: &str| ("app.a".to_owned(), format!("app.{imported}"), 7);
    project.observed = BTreeSet::from([seen("b"), seen("c"), seen("missing"), seen("a")]);
    let graph = project.graph();
    assert_eq!(shown(&graph.view().edges), ["app.a -Import 1-> app.b x", "app.a -Observed 7-> app.c "]);
}

#[test]
fn an_update_is_what_a_build_would_give() {
    let mut project = Project::new(&[
        ("a.py", "from .b import x"),
        ("b.py", "from .c import x"),
        ("c.py", ""),
        ("p/__init__.py", ""),
        ("p/d.py", ""),
        ("t.py", "if TYPE_CHECKING:\n    from .p import d"),
        ("z.py", "from .p import d"),
    ]);
    let mut updated = project.graph();
    for changes in [
        &[("a", "from .c import y")] as &[_],
        &[("c", "import app.a"), ("z", "from .p import d\nfrom .a import y")],
        &[("c", ""), ("b", "")],
        &[("p/__init__", "d = 1")],
        &[("p/__init__", ""), ("a", "from . import p, b\nfrom .b import x")],
    ] {
        for (file, source) in changes {
            project.write(&format!("{file}.py"), source);
        }
        let name = |file: &str| format!("app.{}", file.trim_end_matches("/__init__"));
        let changed = changes.iter().map(|(file, _)| name(file)).collect();
        updated.update(&changed, &project.tree, &Inflector::default(), &project.files, &project.observed);
        let built = project.graph();
        assert_eq!(updated.view(), built.view());
        for id in built.modules.ids() {
            assert_eq!(updated.importers.of(id), built.importers.of(id));
            assert_eq!(updated.checkers.of(id), built.checkers.of(id));
        }
    }
}

#[test]
fn a_chain_of_a_hundred_thousand_modules_does_not_overflow() {
    let count = 100_000;
    let paths = (0..count).map(|place| (format!("/r/m{place:06}.py"), ""));
    let layout =
        Layout { roots: vec![Root { dir: "/r".to_owned(), namespace: ModuleName::top_level() }], ..Layout::default() };
    let (tree, _) = scan(&paths.collect::<MemoryVfs>(), &layout).unwrap();
    let mut chain = Graph { modules: Modules::of(&tree), ..Graph::default() };
    let mut imported = chain.modules.ids().cycle().skip(1);
    for _ in 0..count {
        let imported = imported.next().unwrap();
        chain.links.push(vec![Link { imported, kind: EdgeKind::Import, line: 1, names: Vec::new() }]);
    }
    let next = |id| chain.links(id).iter().map(|link| link.imported).collect();
    assert_eq!(components::<ModuleId>(count, &next).len(), 1);
    assert_eq!(chain.load_order().len(), count as usize);
}
