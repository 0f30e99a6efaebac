//! Which modules eager loading loads: all of them, those below a directory, or those of a namespace. Modules that the user has excepted
//! are skipped unless the load is forced.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::layout::tree::Tree;
use crate::layout::walk::{Layout, is_source, is_within};
use crate::name::ModuleName;

/// Which modules are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Selection {
    /// Whether to load excepted modules, too.
    pub force: bool,
    /// The directory whose files are wanted. A root in it that is not the directory itself is a project of its own, and left out.
    pub dir: Option<String>,
    /// The namespace that is wanted, with all below it.
    pub namespace: Option<String>,
}

/// Names between spaces, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selected {
    /// What to load.
    pub load: String,
    /// What would be loaded, but is excepted from eager loading.
    pub skipped: String,
}

/// Selects from names. An excepted package above a selected module is loaded as well, since Python imports it first.
#[must_use]
pub fn select(tree: &Tree, layout: &Layout, names: &[ModuleName], selection: &Selection) -> Selected {
    let wanted: Vec<(&str, bool)> = names
        .iter()
        .filter(|name| selection.namespace.as_deref().is_none_or(|namespace| is_in(name, namespace)))
        .filter_map(|name| {
            let path = tree.get(name)?.path;
            let is_there = selection.dir.as_deref().is_none_or(|dir| belongs(layout, &path, dir));
            let is_excepted = !selection.force && layout.covers(&layout.rules.lazy, &path, !is_source(&path));
            is_there.then_some((&**name, is_excepted))
        })
        .collect();
    let mut above = BTreeSet::new();
    for (name, _) in wanted.iter().filter(|(_, is_excepted)| !is_excepted) {
        let mut name = *name;
        while let Some((parent, _)) = name.rsplit_once('.') {
            above.insert(parent);
            name = parent;
        }
    }
    let (skipped, load): (Vec<_>, Vec<_>) =
        wanted.into_iter().partition(|(name, is_excepted)| *is_excepted && !above.contains(name));
    let joined = |names: Vec<(&str, bool)>| names.into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(" ");
    Selected { load: joined(load), skipped: joined(skipped) }
}

fn is_in(name: &str, namespace: &str) -> bool {
    name.strip_prefix(namespace).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether a path is below a directory and not in another root below it.
fn belongs(layout: &Layout, path: &str, dir: &str) -> bool {
    let is_further_down = |root: &str| root != dir && is_within(root, dir) && is_within(path, root);
    is_within(path, dir) && !layout.roots.iter().any(|root| is_further_down(&root.dir))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::walk::{Root, scan};
    use crate::vfs::MemoryVfs;

    const FILES: [&str; 7] = [
        "/app/a.py",
        "/app/db/mysql.py",
        "/app/db/sqlite.py",
        "/app/db/__init__.py",
        "/app/models/user.py",
        "/app/models/concerns/tag.py",
        "/lib/models/more.py",
    ];

    fn selected(excepted: &[&str], selection: &Selection) -> (String, String) {
        let vfs: MemoryVfs = FILES.into_iter().map(|file| (file, "")).collect();
        let mut layout = Layout::default();
        for dir in ["/app", "/lib", "/app/models/concerns"] {
            layout.roots.push(Root { dir: dir.to_owned(), namespace: ModuleName::new("app").unwrap() });
        }
        for pattern in excepted {
            layout.rules.lazy.add("do_not_eager_load", pattern).unwrap();
        }
        let tree = scan(&vfs, &layout).unwrap().0;
        let names: Vec<ModuleName> = tree.modules().map(|module| module.name).collect();
        let selected = select(&tree, &layout, &names, selection);
        (selected.load, selected.skipped)
    }

    macro_rules! selects {
        ($($test:ident: $excepted:expr, $selection:expr => $load:expr, $skipped:expr;)*) => {$(
            #[test]
            fn $test() {
                assert_eq!(selected(&$excepted, &$selection), ($load.to_owned(), $skipped.to_owned()));
            }
        )*};
    }

    fn all() -> Selection {
        Selection::default()
    }

    fn below(dir: &str) -> Selection {
        Selection { dir: Some(dir.to_owned()), ..all() }
    }

    fn of(namespace: &str) -> Selection {
        Selection { namespace: Some(namespace.to_owned()), ..all() }
    }

    selects! {
        everything: [], all() => "app app.a app.tag app.db app.db.mysql app.db.sqlite app.models app.models.more app.models.user", "";
        an_excepted_file: ["db/mysql.py"], of("app.db") => "app.db app.db.sqlite", "app.db.mysql";
        an_excepted_directory: ["db"], of("app.db") => "", "app.db app.db.mysql app.db.sqlite";
        force: ["db"], Selection { force: true, ..of("app.db") } => "app.db app.db.mysql app.db.sqlite", "";
        a_package_above_what_is_loaded: ["db/*i*_.py"], of("app.db") => "app.db app.db.mysql app.db.sqlite", "";
        a_directory: [], below("/lib/models") => "app.models.more", "";
        a_root_in_a_directory_is_left_out: [], below("/app/models") => "app.models app.models.user", "";
        a_root_itself: [], below("/app/models/concerns") => "app.tag", "";
        a_directory_is_no_prefix: [], below("/app/mod") => "", "";
        a_namespace_is_no_prefix: [], of("app.d") => "", "";
        a_namespace_in_several_roots: [], of("app.models") => "app.models app.models.more app.models.user", "";
    }
}
